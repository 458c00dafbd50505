import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, startEngine } from "./container.ts";
import { readEnvironment } from "./env.ts";

/**
 * An orderly stop takes a second or two. While PostgreSQL is away it cannot come to its end: then what is open stays as it
 * stands after a kill, and is asked again by whoever holds it next. Below the 10 s that most supervisors wait. Milliseconds.
 */
const STOP_TIMEOUT_MS = 8_000;

/** @returns the exit code */
async function stop({ log, stop }: Engine, signal: NodeJS.Signals): Promise<number> {
  log.info(`${signal}: the engine stops`);
  try {
    const late = sleep(STOP_TIMEOUT_MS, "late" as const);
    if ((await Promise.race([stop(), late])) !== "late") return 0;
    log.error(
      `the engine has not stopped in ${STOP_TIMEOUT_MS / 1000} s (is PostgreSQL away?) and ends as it is; nothing is lost`,
    );
  } catch (error) {
    log.error({ err: error }, "the engine did not stop cleanly");
  }
  return 1;
}

try {
  const engine = await startEngine(readEnvironment());
  engine.log.info(`the engine listens on ${engine.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, async () => process.exit(await stop(engine, signal)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
