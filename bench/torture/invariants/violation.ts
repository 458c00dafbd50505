import type { Delivery } from "@herald/telegram-emulator";

export interface Counts {
  planned: number;
  delivered: number;
  recordedFailed: number;
  lost: number;
  duplicated: number;
  sentInsideWait: number;
  duplicateKeyUse: number;
  optedOutPosts: number;
  disabledPosts: number;
  cooldownViolations: number;
}

/** An invariant that did not hold, with what its timeline is drawn from. */
export interface Violation {
  kind: keyof Counts | "unrecorded" | "stats";
  text: string;
  /** milliseconds since 1970 */
  from: number;
  until: number;
  randomIds: string[];
  accountIds: number[];
  chatIds: number[];
}

export const span = (...times: number[]) => ({ from: Math.min(...times), until: Math.max(...times) });

/** A violation that these posts are. */
export const about = (kind: Violation["kind"], text: string, entries: readonly Delivery[]): Violation => ({
  kind,
  text,
  ...span(...entries.map((entry) => entry.at)),
  randomIds: [...new Set(entries.map((entry) => entry.randomId))],
  accountIds: [...new Set(entries.map((entry) => entry.accountId))],
  chatIds: [...new Set(entries.map((entry) => entry.chatId))],
});
