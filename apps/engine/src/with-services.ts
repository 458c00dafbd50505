import { createServices, type Services } from "@herald/core";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { requireKeys } from "./require-keys.ts";

export type { Services };

/**
 * Runs `work` with the services of this Herald and no engine: for what is done beside the engines, from a command line.
 *
 * @param environment the engines' @default the process's
 * @throws Error naming each variable that is wrong, or the key that something stored needs; what `work` throws
 */
export async function withServices<T>(
  work: (services: Services) => Promise<T>,
  environment?: NodeJS.ProcessEnv,
): Promise<T> {
  const env = readEnvironment(environment);
  const { dependencies, database } = await createParts(env);
  try {
    await requireKeys(dependencies, env);
    return await work(createServices(dependencies, () => Promise.reject(new Error("no engine runs here"))));
  } finally {
    await database.close();
  }
}
