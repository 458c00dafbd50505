// The domain: planning, posting, deciding, the pool. Knows no Prisma, GramJS, tRPC, clock or timer: see ports.ts.

export * from "./assert-never.ts";
export * from "./breaker.ts";
export * from "./cycle-plan.ts";
export { CycleRunner } from "./cycle-runner.ts";
export * from "./decide.ts";
export * from "./distribution.ts";
export * from "./domain.ts";
export * from "./duration.ts";
export * from "./error.ts";
export * from "./execution-mode.ts";
export * from "./forecast.ts";
export * from "./lane-runner.ts";
export * from "./outcome.ts";
export * from "./plain-words.ts";
export { reconcileSessionFiles } from "./pool.ts";
export * from "./ports.ts";
export { createServices } from "./services/create-services.ts";
export type { Dependencies, Settings } from "./services/dependencies.ts";
export type { Services } from "./services/services.ts";
export * from "./start-offsets.ts";
