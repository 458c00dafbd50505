import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@herald/core";

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};
