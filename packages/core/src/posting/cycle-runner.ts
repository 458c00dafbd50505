import { beginCycle } from "../bot/begin-cycle.ts";
import { stopReasonOf } from "../bot/start-problems.ts";
import { stopBot } from "../bot/stop-bot.ts";
import { Consequences } from "../decide/consequences.ts";
import { patiently } from "../lib/patiently.ts";
import type { Bot, Cycle, Delivery, Session } from "../model/domain.ts";
import { type Assignment, moveSessionFiles } from "../pool/assign-sessions.ts";
import { SessionLeases } from "../pool/session-leases.ts";
import type { CycleJob, Transaction } from "../ports/index.ts";
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

interface Begun {
  cycle: Cycle;
  sessions: Session[];
  deliveries: Delivery[];
}

/** What became of the bot's next cycle: none, when the bot was stopped or the cycle put off. */
interface Next {
  cycle: Cycle | null;
  assignment: Assignment | null;
}

/** Runs cycles. One an engine; any number of users' cycles run side by side in it. */
export class CycleRunner {
  readonly #deps: Dependencies;
  readonly #lane: LaneDependencies;
  readonly #leases: SessionLeases;
  readonly #running = new Map<string, { userId: string; abort: AbortController; ended: Promise<void> }>();
  readonly #unsubscribe: () => void;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#leases = new SessionLeases(deps.leases, deps.clock, deps.engineId);
    this.#lane = { ...deps, leases: this.#leases, consequences: new Consequences(deps) };
    this.#unsubscribe = deps.events.onBotChanged((userId) => this.#stopIfStopped(userId));
  }

  get runningCycles(): number {
    return this.#running.size;
  }

  get connectedSessions(): number {
    return this.#leases.size;
  }

  /** Stops listening. Cycles that run are ended by the signal that they were given. */
  close(): void {
    this.#unsubscribe();
  }

  /**
   * Runs the job's cycle to its end and puts the next on the queue.
   * @param shutdown aborts when this engine is to go: the cycle is handed back with what is left
   * @returns `interrupted` when the cycle must go on elsewhere: the job is to be tried again
   */
  async run(job: CycleJob, shutdown: AbortSignal): Promise<"done" | "interrupted"> {
    const { clock } = this.#deps;
    if (shutdown.aborted) return "interrupted";
    const abort = new AbortController();
    const onShutdown = () => abort.abort();
    shutdown.addEventListener("abort", onShutdown, { once: true });
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const before = this.#running.get(job.botId);
    // before the rows are read: a stop from here on is heard
    this.#running.set(job.botId, { userId: job.userId, abort, ended });
    try {
      // the queue gave the job out anew, because heartbeats were missed: what runs of it here ends first
      before?.abort.abort();
      await before?.ended;
      const begun = await patiently(clock, abort.signal, () => this.#begin(job));
      if (begun === null) return "done";
      return (await this.#runLanes(begun, abort)) ? "interrupted" : "done";
    } catch (error) {
      if (shutdown.aborted) return "interrupted";
      throw error;
    } finally {
      if (this.#running.get(job.botId)?.abort === abort) this.#running.delete(job.botId);
      shutdown.removeEventListener("abort", onShutdown);
      end();
    }
  }

  #stopIfStopped(changedUserId: string): void {
    for (const [botId, { userId, abort }] of this.#running)
      if (userId === changedUserId && !abort.signal.aborted) void this.#abortIfStopped(botId, abort);
  }

  async #abortIfStopped(botId: string, abort: AbortController): Promise<void> {
    const bot = await patiently(this.#deps.clock, abort.signal, () =>
      this.#deps.store.transaction((tx) => tx.bots.find(botId)),
    ).catch(() => null);
    if (bot?.status === "stopped") abort.abort();
  }

  /** Takes the job's cycle, or plans it when it is the bot's next. Null when the job no longer applies. */
  async #begin({ botId, userId, number }: CycleJob): Promise<Begun | null> {
    const { store, clock, engineId } = this.#deps;
    const found = await store.transaction(async (tx) => {
      const now = clock.now();
      const bot = await tx.bots.lock(botId);
      if (bot.status !== "running") return null;
      const current = await tx.cycles.current(botId);
      let next: Next = { cycle: current, assignment: null };
      if (current === null) {
        if ((await tx.cycles.lastNumber(botId)) + 1 !== number) return null;
        next = await this.#next(tx, bot, number, now);
      } else if (current.number !== number) return null;
      const { cycle, assignment } = next;
      const taken = cycle === null ? null : await tx.cycles.take(cycle.id, engineId);
      if (taken === null) return { begun: null, assignment };
      const sessions = (await tx.sessions.ofUser(userId)).filter((session) => session.place === "assigned");
      return { begun: { cycle: taken, sessions, deliveries: await tx.cycles.openDeliveries(taken.id) }, assignment };
    });
    if (found === null) return null;
    if (found.assignment !== null) await moveSessionFiles(this.#deps, { id: botId, userId }, found.assignment);
    return found.begun;
  }

  /** Begins the bot's next cycle. What is wrong stops the bot; where it is over by itself the cycle is put off until then. */
  async #next(tx: Transaction, bot: Bot, number: number, now: Date): Promise<Next> {
    const { id: botId, userId } = bot;
    const user = await tx.users.find(userId);
    if (user === null) return { cycle: null, assignment: null };
    const begun = await beginCycle(tx, { bot, user, now, random: this.#deps.random });
    const assignment = begun.assignment ?? null;
    for (const session of assignment?.taken ?? [])
      await tx.log({
        botId,
        userId,
        level: "info",
        text: `${session.label} joined from the pool.`,
        sessionId: session.id,
      });
    await tx.changed(userId, "bot");
    if (begun.kind === "begun") return { cycle: begun.cycle, assignment };
    const { code, message: text, until } = begun.problem;
    if (until === undefined) await stopBot(tx, bot, { reason: stopReasonOf(code), text, level: "error", at: now });
    else {
      await tx.log({
        botId,
        userId,
        level: "warning",
        text: "Every account rests: the next cycle waits for the first.",
      });
      await tx.bots.update(botId, { nextCycleAt: until });
      await tx.enqueueCycle({ botId, userId, number }, until);
    }
    return { cycle: null, assignment };
  }

  /** @returns true when deliveries are left and the bot still runs: the cycle must go on, here or elsewhere */
  async #runLanes({ cycle, sessions, deliveries }: Begun, abort: AbortController): Promise<boolean> {
    const { store, clock, ledger } = this.#deps;
    const { signal } = abort;
    const cut = new AbortController();
    const cutLater = () => void clock.sleep(STOP_GRACE_MS, cut.signal).then(() => cut.abort());
    signal.addEventListener("abort", cutLater, { once: true });
    if (signal.aborted) cutLater();

    const bySession = Map.groupBy(deliveries, (delivery) => delivery.sessionId);
    const lanes = sessions.filter((session) => bySession.has(session.id));
    const settled = await Promise.allSettled(
      lanes.map(async (session): Promise<[string, LaneEnd]> => {
        const lane = new SessionLane(this.#lane, {
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

    const never = new AbortController().signal;
    await ledger.flush();
    return patiently(clock, never, () => store.transaction((tx) => this.#finish(tx, cycle, ends)));
  }

  /** Settles what no lane could do, ends the cycle or leaves it open, and puts the next on the queue. */
  async #finish(tx: Transaction, cycle: Cycle, ends: Map<string, LaneEnd>): Promise<boolean> {
    const now = this.#deps.clock.now();
    const { botId, userId } = cycle;
    const bot = await tx.bots.lock(botId);
    const newest = await tx.cycles.find(cycle.id);
    // someone else took it over: nothing of it is ours to write
    if (newest === null || newest.epoch !== cycle.epoch || newest.state !== "running") return false;
    const open = await tx.cycles.openDeliveries(cycle.id);
    const left: Delivery[] = [];
    for (const delivery of open) {
      const end = ends.get(delivery.sessionId) ?? "session_lost";
      if (isGivenUp(end)) await tx.cycles.skip([delivery.id], end, null, now);
      else left.push(delivery);
    }
    await tx.cycles.release(cycle.id, cycle.epoch, left.length > 0 ? "open" : "finished", now);
    if (left.length > 0) {
      await tx.changed(userId, "bot");
      return bot.status === "running";
    }
    const counts = await tx.cycles.counts(cycle.id);
    if (bot.status === "running") {
      const next =
        cycle.executionMode === "starter" && cycle.totalCycleMinutes !== null
          ? Math.max(now.getTime(), cycle.startedAt.getTime() + cycle.totalCycleMinutes * 60_000)
          : now.getTime() + bot.delayBetweenCycles * 1000;
      const nextCycleAt = new Date(next);
      await tx.bots.update(botId, { nextCycleAt });
      await tx.enqueueCycle({ botId, userId, number: cycle.number + 1 }, nextCycleAt);
    }
    await tx.log({
      botId,
      userId,
      level: "info",
      text: `Cycle ${cycle.number} is through: ${counts.sent} posted, ${counts.failed} refused, ${counts.skipped} left out.`,
    });
    await tx.changed(userId, "bot");
    return false;
  }
}
