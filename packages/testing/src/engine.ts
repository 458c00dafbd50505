import type { UserCreateInput } from "@herald/contract";

/** An engine that runs in this process. */
export interface RunningEngine {
  /** where it listens */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The engine that a stack runs. It is handed in, because the engine's own tests use stacks too: the package that tests it
 * cannot import it.
 */
export interface EngineUnderTest {
  /** path of its program */
  readonly program: string;
  /** @param environment its settings, all of them */
  start(environment: NodeJS.ProcessEnv): Promise<RunningEngine>;
  /** Makes a user as the command `create-admin` does, with no engine at work. */
  createUser(user: UserCreateInput, environment: NodeJS.ProcessEnv): Promise<{ id: string }>;
}
