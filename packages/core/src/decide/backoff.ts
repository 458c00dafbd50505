import type { Bot } from "../model/domain.ts";

/** Before the first try after a fault of ours, in milliseconds; doubled with each fault that follows. */
const FIRST_MS = 1_000;
/** The longest wait, in milliseconds: one fault must not keep the engines busy, and a mended one is to go on soon. */
const LONGEST_MS = 5 * 60_000;
/** A fault that comes so long after the last try is the first of another kind, in milliseconds. */
const FORGOTTEN_AFTER_MS = 2 * LONGEST_MS;

/** When a bot is tried again after a fault of ours, and how many there have been, one after the other. */
export function backOff(
  { faults, retryAt }: Pick<Bot, "faults" | "retryAt">,
  now: Date,
): { faults: number; retryAt: Date } {
  const isAnother = retryAt === null || now.getTime() - retryAt.getTime() > FORGOTTEN_AFTER_MS;
  const count = isAnother ? 1 : faults + 1;
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1));
  return { faults: count, retryAt: new Date(now.getTime() + wait) };
}
