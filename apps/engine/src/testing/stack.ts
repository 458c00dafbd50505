import { fileURLToPath } from "node:url";
import type { EngineUnderTest } from "@herald/testing/engine";
import { type Stack, type StackOptions, startStackOf } from "@herald/testing/stack";
import { startEngine } from "../container.ts";
import { readEnvironment } from "../env.ts";
import { withServices } from "../with-services.ts";

/** This engine, as the stacks and people of @herald/testing take it. */
export const engine: EngineUnderTest = {
  program: fileURLToPath(new URL("../main.ts", import.meta.url)),
  start: (environment) => startEngine(readEnvironment(environment)),
  createUser: (user, environment) =>
    withServices((services) => services.users.create({ kind: "system", name: "tests" }, user), environment),
};

/** A stack with this engine. */
export const startStack = (options?: StackOptions): Promise<Stack> => startStackOf(engine, options);
