import { beginCycle } from "../bot/begin-cycle.ts";
import { stopReasonOf } from "../bot/start-problems.ts";
import { stopBot } from "../bot/stop-bot.ts";
import { backOff } from "../decide/backoff.ts";
import { Consequences } from "../decide/consequences.ts";
import { timeUntil } from "../lib/duration.ts";
import { patiently } from "../lib/patiently.ts";
import { ENGINE } from "../model/actor.ts";
import type { Bot, Cycle } from "../model/domain.ts";
import { isRefusal } from "../model/error.ts";
import type { Assignment } from "../pool/assign-sessions.ts";
import { moveSessionFiles } from "../pool/session-files.ts";
import type { CycleJob, HeldCycle, Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { runHeldCycle, type TakenCycle } from "./held-cycle.ts";
import type { LaneDependencies } from "./session-lane.ts";

/** What became of the bot's next cycle: none, when the bot was stopped or the cycle put off. */
interface Next {
  cycle: Cycle | null;
  assignment: Assignment | null;
}

/** A bot's cycle that this engine is about to take, or runs. */
interface Running {
  userId: string;
  number: number;
  /** null until it is taken */
  held: HeldCycle | null;
  abort: AbortController;
  ended: Promise<void>;
}

/**
 * The cycles that this engine runs. Each costs timers while it waits and nothing else, so there is no limit to how many run
 * side by side: the queue only hands them over.
 */
export class CycleRunner {
  readonly #deps: Dependencies;
  readonly #lane: LaneDependencies;
  /** by bot: it has one cycle at a time */
  readonly #running = new Map<string, Running>();
  readonly #stopping = new AbortController();
  readonly #unsubscribe: () => void;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#lane = { ...deps, consequences: new Consequences(deps) };
    this.#unsubscribe = deps.events.onBotChanged((userId) => this.#stopIfStopped(userId));
  }

  get runningCycles(): number {
    return this.#running.size;
  }

  get connectedSessions(): number {
    return this.#deps.leases.size;
  }

  /** What this engine holds, as far as it knows. */
  held(): HeldCycle[] {
    return [...this.#running.values()].flatMap(({ held }) => (held === null ? [] : [held]));
  }

  /** Ends what runs of these cycles here: they are another engine's now, or nobody's. */
  letGo(cycleIds: readonly string[]): void {
    const lost = new Set(cycleIds);
    for (const { held, abort } of this.#running.values()) if (held !== null && lost.has(held.cycleId)) abort.abort();
  }

  /**
   * Takes the job's cycle, or plans it when it is the bot's next, and lets it run here. Does nothing when the job no longer
   * applies, or when a working engine has the cycle. Resolves when that is decided: the cycle's own time is not waited for.
   */
  async take(job: CycleJob): Promise<void> {
    const { botId, userId, number } = job;
    for (let before = this.#running.get(botId); before !== undefined; before = this.#running.get(botId)) {
      if (number <= before.number && !before.abort.signal.aborted) return;
      // on its way out, or finished elsewhere while this engine was frozen: it ends before its sessions are used again
      before.abort.abort();
      await before.ended;
    }
    if (this.#stopping.signal.aborted) return;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const running: Running = { userId, number, held: null, abort: new AbortController(), ended };
    const over = () => {
      this.#running.delete(botId);
      end();
    };
    // before the rows are read: a stop from here on is heard
    this.#running.set(botId, running);
    let begun: TakenCycle | null = null;
    try {
      begun = await patiently(this.#deps.clock, running.abort.signal, () => this.#begin(job));
    } catch (error) {
      await this.#metFault(error, job, running);
    }
    if (begun === null) return over();
    running.held = { cycleId: begun.cycle.id, epoch: begun.cycle.epoch };
    const { abort } = running;
    void runHeldCycle(this.#deps, this.#lane, begun, { abort, stopping: this.#stopping.signal })
      .catch((error: unknown) => this.#metFault(error, job, running))
      .finally(over);
  }

  /**
   * Ends all lanes (what has left may be answered for a moment) and hands back what they ran, so that another engine goes on
   * with it at once.
   */
  async stop(): Promise<void> {
    const { store, clock, engineId, ledger } = this.#deps;
    this.#unsubscribe();
    this.#stopping.abort();
    const all = [...this.#running.values()];
    for (const { abort } of all) abort.abort();
    await Promise.all(all.map(({ ended }) => ended));
    await ledger.flush();
    const never = new AbortController().signal;
    await patiently(clock, never, () => store.transaction((tx) => tx.cycles.handBackAll(engineId)));
  }

  /**
   * Hands the cycle back after an exception of ours, not to be taken before a while that grows with each such fault, and
   * says so to the bot's user. While the engine stops nothing is written: another one meets the fault, or does not.
   */
  async #metFault(error: unknown, job: CycleJob, { held }: Running): Promise<void> {
    const { store, clock, onFault } = this.#deps;
    const { botId, userId, number } = job;
    const hear = (fault: unknown) =>
      onFault(fault, "a cycle met a fault of ours, and is tried again", { botId, userId, number });
    // a wait for PostgreSQL that was cut short by a stop is none
    const isAway = isRefusal(error, "database_unavailable");
    if (this.#stopping.signal.aborted || isAway) return;
    hear(error);
    const record = () =>
      store.transaction(async (tx) => {
        const bot = await tx.bots.lock(botId);
        if (held !== null) await tx.cycles.handBack(held.cycleId, held.epoch);
        if (bot.status !== "running") return;
        const now = clock.now();
        const next = backOff(bot, now);
        await tx.bots.update(botId, next);
        await tx.log({
          botId,
          userId,
          level: "error",
          text: `Herald met a fault of its own in cycle ${number} (${next.faults === 1 ? "the first" : `${next.faults} in a row`}). What was posted stays counted; it goes on by itself in ${timeUntil(next.retryAt, now)}. An admin is told.`,
        });
        await tx.changed(userId, "bot");
      });
    // what cannot be written down either is met again when the cycle is taken anew
    await patiently(clock, this.#stopping.signal, record).catch(hear);
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
  async #begin({ botId, userId, number }: CycleJob): Promise<TakenCycle | null> {
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
      const sessions = await tx.sessions.ofUser(userId);
      return { begun: { cycle: taken, sessions, deliveries: await tx.cycles.openDeliveries(taken.id) }, assignment };
    });
    if (found === null) return null;
    const { taken = [], released = [] } = found.assignment ?? {};
    await moveSessionFiles(this.#deps, [...taken, ...released]);
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
    if (until === undefined)
      await stopBot(tx, bot, { actor: ENGINE, reason: stopReasonOf(code), text, level: "error", at: now });
    else {
      await tx.log({
        botId,
        userId,
        level: "warning",
        text: `The next cycle waits: ${text}`,
      });
      await tx.bots.update(botId, { nextCycleAt: until });
      await tx.enqueueCycle({ botId, userId, number }, until);
    }
    return { cycle: null, assignment };
  }
}
