import { setTimeout as sleep } from "node:timers/promises";

/** Between two tries, in milliseconds. */
const AGAIN_MS = 500;

/** Asks again and again, while engines and PostgreSQL come and go. @returns whether an engine did it before `signal` aborted */
export async function insist(call: () => Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  do {
    try {
      await call();
      return true;
    } catch {
      await sleep(AGAIN_MS);
    }
  } while (!signal.aborted);
  return false;
}
