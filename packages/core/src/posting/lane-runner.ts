import type { Clock } from "../ports/index.ts";
import { SlotQueue } from "./slot-queue.ts";

/** A slot as the lane needs to see it; what else it carries is handed to `post` untouched. */
export interface LaneSlot {
  deliveryId: string;
  groupId: string;
  plannedAt: Date;
  attempts: number;
}

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

export interface LaneResult<Slot extends LaneSlot, Why extends string> {
  /** `deadline`: nothing that is left may go before `until` */
  ended: "finished" | "aborted" | "deadline" | Why;
  /** what is not settled, by planned time; the slot that ended the lane is not among them */
  open: Slot[];
}

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
 * @param lane.slots in any order; attempts and other fields are the caller's
 * @param lane.delayBetweenPosts seconds
 * @param lane.lastSentAt when the session posted last before this, by the monotonic clock: the first post owes it the delay
 * @param lane.until nothing begins after it: a lane whose next slot would is over instead of idle. Asked anew each time.
 * @param lane.more asked when every slot is settled: what else is to be posted, behind those; nothing ends the lane
 * @param lane.post claims, sends and settles one slot. What it throws is a fault, and thrown on.
 * @param lane.onIdle told before each sleep when the lane goes on at the latest (more than once for a long one)
 */
export async function runLane<Slot extends LaneSlot, Why extends string>(lane: {
  slots: Iterable<Slot>;
  delayBetweenPosts: number;
  lastSentAt?: number | undefined;
  clock: Clock;
  signal: AbortSignal;
  until?: (() => Date) | undefined;
  more?: (() => Promise<Slot[]>) | undefined;
  post: (slot: Slot) => Promise<LaneStep<Why>>;
  onIdle?: ((goesOnAt: Date) => void) | undefined;
}): Promise<LaneResult<Slot, Why>> {
  const { clock, signal, post, onIdle } = lane;
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
      if (more.length === 0) return { ended: "finished", open: [] };
      queue.add(more);
      continue;
    }

    const wait = Math.ceil(Math.max(0, nextAt - now, restsUntil - now, lastSentAt + delayMs - clock.monotonic()));
    if (now + wait > (lane.until?.().getTime() ?? Number.POSITIVE_INFINITY))
      return { ended: "deadline", open: queue.open() };
    const slot = wait === 0 && postsThisTurn < POSTS_A_TURN ? queue.take() : undefined;
    if (slot === undefined) {
      if (wait > 0) onIdle?.(new Date(now + wait));
      await clock.sleep(Math.min(wait, LONGEST_SLEEP_MS), signal);
      postsThisTurn = 0;
      continue;
    }
    const startedAt = clock.monotonic();
    const step = await post(slot);
    postsThisTurn += 1;
    if (step.kind === "end") return { ended: step.why, open: queue.open() };
    if (step.sentAt !== null) lastSentAt = step.sentAt ?? startedAt;
    if (step.kind === "again") queue.putBack(step.at);
    if (step.kind === "rest") {
      restsUntil = step.until.getTime();
      queue.putBack(step.until);
    }
  }
  const open = queue.open();
  return { ended: open.length === 0 ? "finished" : "aborted", open };
}
