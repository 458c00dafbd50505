import { oneLine } from "@herald/host";
import { type DestinationStream, type Logger, pino } from "pino";
import type { Environment } from "./env.ts";

/**
 * The engine's own log, a line of JSON an entry. What a terminal would obey is spelt out, also where JSON does not ask for it.
 * @param destination @default standard error, so that a command's output is its answer alone
 */
export function createLog(
  env: Pick<Environment, "LOG_LEVEL" | "ENGINE_ID">,
  destination: DestinationStream = pino.destination(2),
): Logger {
  const streamWrite = (line: string) => `${oneLine(line.trimEnd())}\n`;
  return pino({ level: env.LOG_LEVEL, base: { engine: env.ENGINE_ID }, hooks: { streamWrite } }, destination);
}
