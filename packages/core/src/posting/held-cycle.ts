import { patiently } from "../lib/patiently.ts";
import type { Cycle, Delivery, Session } from "../model/domain.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import type { LaneEnd } from "./lane-end.ts";
import { type LaneDependencies, SessionLane } from "./session-lane.ts";

/** What has left for Telegram when a bot is stopped may still be answered for this long, in milliseconds; then it is cut. */
const STOP_GRACE_MS = 700;

/** What a lane that ended so has left is left out of the cycle; after any other end it stays open. */
const isGivenUp = (end: LaneEnd) =>
  end === "session_lost" ||
  end === "session_resting" ||
  end === "source_refused" ||
  end === "unreachable" ||
  end === "cycle_ended";

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
  if (signal.aborted) cutLater();

  const bySession = Map.groupBy(deliveries, (delivery) => delivery.sessionId);
  const lanes = sessions.filter((session) => bySession.has(session.id));
  const settled = await Promise.allSettled(
    lanes.map(async (session): Promise<[string, LaneEnd]> => {
      const lane = new SessionLane(laneDeps, {
        cycle,
        session,
        deliveries: bySession.get(session.id) ?? [],
        signal,
        cut: cut.signal,
      });
      const end = await lane.run().catch((error: unknown) => {
        abort.abort(error);
        throw error;
      });
      if (end === "bot_stopped" || end === "lost") abort.abort();
      return [session.id, end];
    }),
  );
  signal.removeEventListener("abort", cutLater);
  cut.abort();
  const ends = new Map<string, LaneEnd>();
  for (const result of settled) {
    if (result.status === "rejected") throw result.reason;
    ends.set(...result.value);
  }

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
  const left: Delivery[] = [];
  for (const delivery of await tx.cycles.openDeliveries(cycle.id)) {
    const end = ends.get(delivery.sessionId) ?? "session_lost";
    if (isGivenUp(end)) await tx.cycles.skip([delivery.id], end, null, now);
    else left.push(delivery);
  }
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
  await tx.log({
    botId,
    userId,
    level: "info",
    text: `Cycle ${cycle.number} is through: ${counts.sent} posted, ${counts.failed} refused, ${counts.skipped} left out.`,
  });
  await tx.changed(userId, "bot");
}
