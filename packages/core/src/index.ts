// The domain: planning, posting, deciding, the pool. Knows no Prisma, GramJS, tRPC, clock or timer: see ports/.

export * from "./decide/breaker.ts";
export * from "./decide/decide.ts";
export * from "./decide/plain-words.ts";
export * from "./lib/assert-never.ts";
export * from "./lib/duration.ts";
export * from "./model/actor.ts";
export * from "./model/audit.ts";
export * from "./model/domain.ts";
export * from "./model/error.ts";
export * from "./model/outcome.ts";
export * from "./plan/cycle-plan.ts";
export * from "./plan/distribution.ts";
export * from "./plan/execution-mode.ts";
export * from "./plan/forecast.ts";
export * from "./plan/start-offsets.ts";
export { type Resealed, resealAll } from "./pool/reseal.ts";
export { reconcileSessionFiles, removeUnsettledFiles } from "./pool/session-files.ts";
export { SessionLeases } from "./pool/session-leases.ts";
export { mayBeTaken, rests } from "./pool/session-state.ts";
export { BEING_CHECKED } from "./pool/session-trial.ts";
export * from "./ports/index.ts";
export { CycleRunner } from "./posting/cycle-runner.ts";
export { CycleWatch } from "./posting/cycle-watch.ts";
export * from "./posting/lane-runner.ts";
export { createServices } from "./services/create-services.ts";
export type { Dependencies, Settings } from "./services/dependencies.ts";
export type { Services } from "./services/services.ts";
