import { nothingPostedText } from "../decide/plain-words.ts";
import { patiently } from "../lib/patiently.ts";
import type { Cycle, Delivery, Session } from "../model/domain.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { CycleLanes } from "./cycle-lanes.ts";
import { givenUpBy, type LaneEnd } from "./lane-end.ts";
import type { LaneDependencies } from "./session-lane.ts";

/** What has left for Telegram when a bot is stopped may still be answered for this long, in milliseconds; then it is cut. */
const STOP_GRACE_MS = 700;

/** A cycle that this engine has taken, with what is left of it. */
export interface TakenCycle {
  cycle: Cycle;
  sessions: Session[];
  deliveries: Delivery[];
}

/**
 * Runs the lanes of a cycle to their end, writes what no lane could do, and puts the next cycle on the queue. Throws only
 * for faults of ours.
 * @param abort ends the lanes; whoever aborts it does not wait for what has left for longer than a moment
 * @param stopping aborts when this engine is to go: then nothing is written beyond what the lanes wrote, and the cycle stands
 *   as it is for whoever takes it
 */
export async function runHeldCycle(
  deps: Dependencies,
  laneDeps: LaneDependencies,
  { cycle, sessions, deliveries }: TakenCycle,
  { abort, stopping }: { abort: AbortController; stopping: AbortSignal },
): Promise<void> {
  const { store, clock, ledger } = deps;
  const { signal } = abort;
  const cut = new AbortController();
  const cutLater = () => void clock.sleep(STOP_GRACE_MS, cut.signal).then(() => cut.abort());
  signal.addEventListener("abort", cutLater, { once: true });

  const lanes = new CycleLanes(deps, laneDeps, { cycle, sessions, deliveries, abort, cut: cut.signal });
  const ends = await lanes.run().finally(() => {
    signal.removeEventListener("abort", cutLater);
    cut.abort();
  });

  await ledger.flush();
  if (stopping.aborted) return;
  await patiently(clock, stopping, () => store.transaction((tx) => finish(deps, tx, cycle, ends)));
}

/** Settles what no lane could do, ends the cycle or hands it back, and puts the next on the queue. */
async function finish(
  { clock }: Dependencies,
  tx: Transaction,
  cycle: Cycle,
  ends: Map<string, LaneEnd>,
): Promise<void> {
  const now = clock.now();
  const { botId, userId } = cycle;
  const bot = await tx.bots.lock(botId);
  const newest = await tx.cycles.find(cycle.id);
  // someone else took it over: nothing of it is ours to write
  if (newest === null || newest.epoch !== cycle.epoch || newest.state !== "running") return;
  const open = await tx.cycles.openDeliveries(cycle.id);
  const given = Map.groupBy(open, ({ sessionId }) => givenUpBy(ends.get(sessionId) ?? "session_lost"));
  for (const [why, deliveries] of given)
    if (why !== null)
      await tx.cycles.skip(
        deliveries.map(({ id }) => id),
        why,
        now,
      );
  const left = given.get(null) ?? [];
  if (left.length > 0) {
    if (bot.status === "running") await tx.cycles.handBack(cycle.id, cycle.epoch);
    else await tx.cycles.release(cycle.id, cycle.epoch, "open", now);
    await tx.changed(userId, "bot");
    return;
  }
  await tx.cycles.release(cycle.id, cycle.epoch, "finished", now);
  const counts = await tx.cycles.counts(cycle.id);
  if (bot.status === "running") {
    const next =
      cycle.executionMode === "starter" && cycle.totalCycleMinutes !== null
        ? Math.max(now.getTime(), cycle.startedAt.getTime() + cycle.totalCycleMinutes * 60_000)
        : now.getTime() + bot.delayBetweenCycles * 1000;
    const nextCycleAt = new Date(next);
    await tx.bots.update(botId, { nextCycleAt, faults: 0, retryAt: null });
    await tx.enqueueCycle({ botId, userId, number: cycle.number + 1 }, nextCycleAt);
  }
  if (counts.sent === 0) {
    const text = nothingPostedText(await tx.cycles.outcomes(cycle.id));
    await tx.cycles.note(cycle.id, text);
    await tx.log({ botId, userId, level: "warning", text });
  }
  await tx.log({
    botId,
    userId,
    level: "info",
    text: `Cycle ${cycle.number} is through: ${counts.sent} posted, ${counts.failed} refused, ${counts.skipped} left out.`,
  });
  await tx.changed(userId, "bot");
}
