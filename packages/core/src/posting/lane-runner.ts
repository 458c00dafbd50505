import type { Clock } from "../ports/index.ts";
import { SlotQueue } from "./slot-queue.ts";

/**
 * What came of one call of `post`, for the lane. `sentAt` is when the request left, by the clock's monotonic milliseconds:
 * null when nothing was asked of Telegram (skipped, held back by the ledger), so that the next post owes no delay; absent,
 * it left when `post` was called.
 */
export type LaneStep<Why extends string = string> =
  /** settled for good */
  | { kind: "done"; sentAt?: number | null }
  /** this slot not before `at`; the others go on */
  | { kind: "again"; at: Date; sentAt?: number | null }
  /** nothing of this lane before `until`; this slot stays open */
  | { kind: "rest"; until: Date; sentAt?: number | null }
  /** the lane is over, and its caller knows what becomes of this slot */
  | { kind: "end"; why: Why };

/** Longest single sleep, in milliseconds: a wall clock that was set right, or a machine that woke up, is noticed after it. */
const LONGEST_SLEEP_MS = 60_000;
/** Calls of `post` without a sleep between them, after which the lane lets others have a turn. */
const POSTS_A_TURN = 50;

/**
 * Runs one session's sequence: one post at a time, each slot never before its planned time, with `delayBetweenPosts` from
 * the start of one post to the start of the next. Among the slots that may go, the earliest planned goes first; one that
 * has to wait lets later ones pass. A pick costs O(log n).
 *
 * Waits are measured by the wall clock, because they come as instants from the ledger; the delay by the monotonic one,
 * because a clock that is set back must not stretch it nor one set forward swallow it.
 * @param lane.slots in any order; what else they carry is handed to `post` untouched
 * @param lane.delayBetweenPosts seconds
 * @param lane.lastSentAt when the session posted last before this, by the monotonic clock: the first post owes it the delay
 * @param lane.until nothing begins after it: a lane whose next slot would is over instead of idle. Asked anew each time.
 * @param lane.more asked when every slot is settled: what else is to be posted, behind those; nothing ends the lane
 * @param lane.post claims, sends and settles one slot. What it throws is a fault, and thrown on.
 * @returns why it ended; `deadline`: nothing that is left may go before `until`
 */
export async function runLane<Slot extends { plannedAt: Date }, Why extends string>(lane: {
  slots: Iterable<Slot>;
  delayBetweenPosts: number;
  lastSentAt?: number | undefined;
  clock: Clock;
  signal: AbortSignal;
  until?: (() => Date) | undefined;
  more?: (() => Promise<Slot[]>) | undefined;
  post: (slot: Slot) => Promise<LaneStep<Why>>;
}): Promise<"finished" | "aborted" | "deadline" | Why> {
  const { clock, signal, post } = lane;
  const delayMs = lane.delayBetweenPosts * 1000;
  const queue = new SlotQueue(lane.slots);
  let restsUntil = Number.NEGATIVE_INFINITY;
  let lastSentAt = lane.lastSentAt ?? Number.NEGATIVE_INFINITY;
  let postsThisTurn = 0;

  while (!signal.aborted) {
    const now = clock.now().getTime();
    const nextAt = queue.nextAt(now);
    if (nextAt === undefined) {
      const more = (await lane.more?.()) ?? [];
      if (more.length === 0) return "finished";
      queue.add(more);
      continue;
    }

    const wait = Math.ceil(Math.max(0, nextAt - now, restsUntil - now, lastSentAt + delayMs - clock.monotonic()));
    if (now + wait > (lane.until?.().getTime() ?? Number.POSITIVE_INFINITY)) return "deadline";
    const slot = wait === 0 && postsThisTurn < POSTS_A_TURN ? queue.take() : undefined;
    if (slot === undefined) {
      await clock.sleep(Math.min(wait, LONGEST_SLEEP_MS), signal);
      postsThisTurn = 0;
      continue;
    }
    const startedAt = clock.monotonic();
    const step = await post(slot);
    postsThisTurn += 1;
    if (step.kind === "end") return step.why;
    if (step.sentAt !== null) lastSentAt = step.sentAt ?? startedAt;
    if (step.kind === "again") queue.putBack(step.at);
    if (step.kind === "rest") {
      restsUntil = step.until.getTime();
      queue.putBack(step.until);
    }
  }
  return queue.nextAt(clock.now().getTime()) === undefined ? "finished" : "aborted";
}
