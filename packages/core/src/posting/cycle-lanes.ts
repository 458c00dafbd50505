import { patiently } from "../lib/patiently.ts";
import type { Cycle, Delivery, Session } from "../model/domain.ts";
import { redistribute } from "../plan/redistribute.ts";
import { rests } from "../pool/session-state.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { laneDeadline } from "./lane-deadline.ts";
import type { LaneEnd } from "./lane-end.ts";
import { type LaneDependencies, SessionLane } from "./session-lane.ts";

/** What the lanes of one cycle work on. `abort` ends them all at their next step, `cut` their connections at once. */
export interface CycleWork {
  cycle: Cycle;
  sessions: Session[];
  deliveries: Delivery[];
  abort: AbortController;
  cut: AbortSignal;
}

/** Whether the account is out of the cycle for good: then others may do what it never tried. */
const isOut = (end: LaneEnd): end is "session_lost" | "session_resting" =>
  end === "session_lost" || end === "session_resting";

/**
 * The lanes of a cycle, side by side. What a lost or limited account leaves and never tried is decided at once: in ENTERPRISE
 * the lanes that live take it, behind their own slots; in STARTER, where every account posts to every group anyway, it is
 * left out. What may have arrived stays with its session.
 */
export class CycleLanes {
  readonly #deps: Dependencies;
  readonly #laneDeps: LaneDependencies;
  readonly #work: CycleWork;
  /** how each lane ended last; absent while it runs */
  readonly #ends = new Map<string, LaneEnd>();
  /** what another account left, by the session that takes it next */
  readonly #inherited = new Map<string, Delivery[]>();
  readonly #running = new Set<Promise<void>>();
  /** heirs are chosen by one lane at a time */
  #leaving: Promise<void> = Promise.resolve();

  constructor(deps: Dependencies, laneDeps: LaneDependencies, work: CycleWork) {
    this.#deps = deps;
    this.#laneDeps = laneDeps;
    this.#work = work;
  }

  /** Runs all lanes to their end. Throws only for faults of ours, once every lane has ended. @returns how each ended */
  async run(): Promise<Map<string, LaneEnd>> {
    const { sessions, deliveries } = this.#work;
    const bySession = Map.groupBy(deliveries, (delivery) => delivery.sessionId);
    for (const session of sessions) {
      const own = bySession.get(session.id);
      if (own === undefined) this.#ends.set(session.id, session.needsAdmin ? "session_resting" : "finished");
      else this.#begin(session, own);
    }
    const faults: unknown[] = [];
    // a lane may begin anew with what another left
    while (this.#running.size > 0)
      for (const result of await Promise.allSettled(this.#running))
        if (result.status === "rejected") faults.push(result.reason);
    if (faults.length > 0) throw faults[0];
    return this.#ends;
  }

  #begin(session: Session, deliveries: Delivery[]): void {
    this.#ends.delete(session.id);
    const lane = this.#run(session, deliveries)
      .catch((error: unknown) => {
        this.#work.abort.abort(error);
        throw error;
      })
      .finally(() => this.#running.delete(lane));
    this.#running.add(lane);
  }

  async #run(session: Session, deliveries: Delivery[]): Promise<void> {
    const { cycle, abort, cut } = this.#work;
    const { signal } = abort;
    const inherit = () => this.#inherit(session.id);
    for (let next = deliveries; next.length > 0; ) {
      const lane = new SessionLane(this.#laneDeps, { cycle, session, deliveries: next, signal, cut, inherit });
      const end = await lane.run();
      if (end === "bot_stopped" || end === "lost") abort.abort();
      // what came while it closed
      next = end === "finished" ? inherit() : [];
      if (next.length > 0) continue;
      this.#ends.set(session.id, end);
      if (!isOut(end) || signal.aborted) continue;
      this.#leaving = this.#leaving.then(() => this.#leave(session.id, end));
      await this.#leaving;
    }
  }

  #inherit(sessionId: string): Delivery[] {
    const deliveries = this.#inherited.get(sessionId) ?? [];
    this.#inherited.delete(sessionId);
    return deliveries;
  }

  /** Decides what becomes of what the account never tried, its inheritance included. */
  async #leave(sessionId: string, end: "session_lost" | "session_resting"): Promise<void> {
    const { clock, store, ledger } = this.#deps;
    const { abort, sessions } = this.#work;
    await ledger.flush();
    const moved = await patiently(clock, abort.signal, () =>
      store.transaction((tx) => this.#decide(tx, sessionId, end)),
    ).catch((error: unknown) => {
      if (abort.signal.aborted) return []; // it stays open: whoever goes on with the cycle decides
      throw error;
    });
    for (const [heirId, deliveries] of Map.groupBy(moved, (delivery) => delivery.sessionId)) {
      const heir = sessions.find(({ id }) => id === heirId);
      if (heir !== undefined && this.#ends.has(heirId)) this.#begin(heir, deliveries);
      else this.#inherited.set(heirId, [...(this.#inherited.get(heirId) ?? []), ...deliveries]);
    }
  }

  async #decide(tx: Transaction, sessionId: string, end: "session_lost" | "session_resting"): Promise<Delivery[]> {
    const { cycle } = this.#work;
    const { botId, userId } = cycle;
    const now = this.#deps.clock.now();
    const bot = await tx.bots.lock(botId);
    // stopped before this engine has heard of it: what is open stays as the stop found it
    if (bot.status !== "running") return [];
    const newest = await tx.cycles.find(cycle.id);
    if (newest === null || newest.epoch !== cycle.epoch || newest.state !== "running") return [];
    const open = await tx.cycles.openDeliveries(cycle.id);
    const orphans = open.filter((delivery) => delivery.sessionId === sessionId && delivery.state === "planned");
    if (orphans.length === 0) return [];
    const { moved, left } =
      cycle.executionMode === "starter"
        ? { moved: [], left: orphans.map(({ id }) => id) }
        : await this.#heirs(tx, orphans, open, now);
    if (left.length > 0) await tx.cycles.skip(left, end, now);
    if (moved.length > 0) await tx.cycles.reassign(moved);
    await tx.changed(userId, "bot");
    const byId = new Map(orphans.map((delivery) => [delivery.id, delivery]));
    return moved.flatMap(({ deliveryId, ...change }) => {
      const delivery = byId.get(deliveryId);
      return delivery === undefined ? [] : [{ ...delivery, ...change }];
    });
  }

  async #heirs(tx: Transaction, orphans: Delivery[], open: Delivery[], now: Date) {
    const { cycle, deliveries, sessions } = this.#work;
    const delayMs = cycle.delayBetweenPosts * 1000;
    // read anew: what Telegram asked of an account in this cycle, or an admin did with it, stands in its row alone
    const rows = new Map((await tx.sessions.ofUser(cycle.userId)).map((session) => [session.id, session]));
    const lives = (id: string) => {
      const row = rows.get(id);
      return row !== undefined && !rests(row, now) && (this.#ends.get(id) ?? "finished") === "finished";
    };
    const ids = sessions.map(({ id }) => id).filter(lives);
    const refusals = await tx.sessionChats.refusals(cycle.userId, ids, cycle.post, now);
    const refused = new Set(refusals.map((refusal) => `${refusal.sessionId} ${refusal.groupId}`));
    const lastOf = (id: string) =>
      open.reduce(
        (last, { sessionId, plannedAt }) => (sessionId === id ? Math.max(last, plannedAt.getTime()) : last),
        now.getTime(),
      );
    return redistribute({
      slots: orphans.map(({ id, groupId }) => ({ deliveryId: id, groupId })),
      lanes: ids.map((sessionId) => ({ sessionId, freeAt: lastOf(sessionId) + delayMs })),
      delayBetweenPosts: cycle.delayBetweenPosts,
      until: laneDeadline(cycle, deliveries, now).getTime(),
      mayPost: (sessionId, groupId) => !refused.has(`${sessionId} ${groupId}`),
    });
  }
}
