import { isRefusal } from "../model/error.ts";
import type { Clock } from "../ports/index.ts";

/** Milliseconds between two looks at a database that is away. */
const DATABASE_RETRY_MS = 500;

/** Does `work`, again and again while PostgreSQL is away, until `signal` aborts: then the last refusal is thrown. */
export async function patiently<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error, "database_unavailable")) throw error;
      await clock.sleep(DATABASE_RETRY_MS, signal); // no time at all once it is aborted
      if (signal.aborted) throw error;
    }
  }
}
