import type { Database } from "@herald/db";
import type { Logger } from "pino";

/** How often, in milliseconds. */
const INTERVAL_MS = 3_600_000;

/** Rolls up, prepares the months of deliveries that come, and prunes by age: now and every hour, locking nothing for long. */
export function startRetention(database: Database, days: number, log: Logger): { stop(): Promise<void> } {
  const abort = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const prune = () => {
    running = database.prune({ olderThanDays: days, signal: abort.signal }).then(
      (pruned) => log.debug({ pruned }, "old rows are pruned"),
      (error: unknown) => log.warn({ err: error }, "old rows could not be pruned; tried again in an hour"),
    );
  };
  prune();
  const timer = setInterval(prune, INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      abort.abort();
      await running;
    },
  };
}
