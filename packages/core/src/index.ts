// The domain: planning, posting, deciding, the pool. Knows no Prisma, GramJS, tRPC, clock or timer: see ports/.

export { openSignIn } from "./access/open-sign-in.ts";
export { BREAKER_SPAM_DEATHS, BREAKER_WINDOW_HOURS } from "./decide/breaker.ts";
export { type Decision, type DecisionContext, decide, SUSPECT_GROUPS } from "./decide/decide.ts";
export { humanDuration } from "./lib/duration.ts";
export { type Actor, actorOf, type Credential, type Identity, type Person } from "./model/actor.ts";
export type { AuditEntry, Facts } from "./model/audit.ts";
export type * from "./model/domain.ts";
export { HeraldError } from "./model/error.ts";
export type * from "./model/outcome.ts";
export { type MissingKey, missingKeys } from "./pool/missing-keys.ts";
export { resealAll } from "./pool/reseal.ts";
export { reconcileSessionFiles, removeUnsettledFiles } from "./pool/session-files.ts";
export { SessionLeases } from "./pool/session-leases.ts";
export { mayBeTaken, rests } from "./pool/session-state.ts";
export { BEING_CHECKED } from "./pool/session-trial.ts";
export type * from "./ports/index.ts";
export { CycleRunner } from "./posting/cycle-runner.ts";
export { CycleWatch } from "./posting/cycle-watch.ts";
export { createServices } from "./services/create-services.ts";
export type { Dependencies } from "./services/dependencies.ts";
export type { Services, UploadedFile } from "./services/services.ts";
