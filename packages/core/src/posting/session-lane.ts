import type { Consequences } from "../decide/consequences.ts";
import { earliest } from "../lib/earliest.ts";
import { patiently } from "../lib/patiently.ts";
import type { Cycle, Delivery, Session } from "../model/domain.ts";
import { HeraldError, isRefusal } from "../model/error.ts";
import { identityOf } from "../model/session-identity.ts";
import type { SessionLease, SessionLeases } from "../pool/session-leases.ts";
import type {
  Clock,
  Gateway,
  Ledger,
  Random,
  SessionFiles,
  Store,
  TelegramClient,
  Transaction,
} from "../ports/index.ts";
import { LaneAddresses } from "./lane-addresses.ts";
import { laneDeadline } from "./lane-deadline.ts";
import type { LaneEnd } from "./lane-end.ts";
import { type LaneStep, runLane } from "./lane-runner.ts";
import { type Link, SlotPoster } from "./slot-poster.ts";

/** A client is connected this long before its first slot, in milliseconds. */
const CONNECT_AHEAD_MS = 3_000;
/** How often a lane asks for a lease that another engine still has, in milliseconds. */
const LEASE_RETRY_MS = 250;

export interface LaneDependencies {
  store: Store;
  ledger: Ledger;
  gateway: Gateway;
  sessionFiles: SessionFiles;
  clock: Clock;
  random: Random;
  leases: SessionLeases;
  consequences: Consequences;
}

/** What a lane works on. `signal` ends it at the next step, `cut` cuts its connection at once. */
export interface LaneWork {
  cycle: Cycle;
  session: Session;
  deliveries: Delivery[];
  signal: AbortSignal;
  cut: AbortSignal;
  /** What another account left to this one, taken once; asked when all else is settled. */
  inherit(): Delivery[];
}

/**
 * One session's part of a cycle: takes its lease, connects, posts slot by slot, closes, gives the lease back. When lease or
 * connection is lost on the way it begins again with what is left. Throws only for faults of ours.
 */
export class SessionLane {
  readonly #deps: LaneDependencies;
  readonly #work: LaneWork;
  #deadline: Date;
  readonly #addresses: LaneAddresses;
  readonly #open: Map<string, Delivery>;
  readonly #poster: SlotPoster;

  constructor(deps: LaneDependencies, work: LaneWork) {
    this.#deps = deps;
    this.#work = work;
    const { cycle, session, deliveries, signal } = work;
    this.#addresses = new LaneAddresses((transaction) => this.#transaction(transaction), deps.clock, session);
    this.#open = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
    this.#deadline = laneDeadline(cycle, deliveries, deps.clock.now());
    const [open, addresses, deadline] = [this.#open, this.#addresses, () => this.#deadline];
    this.#poster = new SlotPoster(deps, { cycle, session, open, addresses, deadline, signal });
  }

  async run(): Promise<LaneEnd> {
    try {
      return await this.#run();
    } catch (error) {
      // whatever was waited for when the lane was told to end: the database, a claim
      if (this.#work.signal.aborted) return "aborted";
      throw error;
    }
  }

  /** A transaction, as soon as PostgreSQL is there; rejects when the lane is told to end meanwhile. */
  #transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return patiently(this.#deps.clock, this.#work.signal, () => this.#deps.store.transaction(work));
  }

  async #run(): Promise<LaneEnd> {
    const { clock } = this.#deps;
    const { session, signal, deliveries } = this.#work;
    if (session.needsAdmin) return "session_resting";
    const first = earliest(deliveries.map((delivery) => delivery.plannedAt)) ?? clock.now();
    await clock.sleep(Math.max(0, first.getTime() - CONNECT_AHEAD_MS - clock.now().getTime()), signal);
    while (this.#open.size > 0) {
      if (signal.aborted) return "aborted";
      if (clock.now() >= this.#deadline) return this.#late();
      const lease = await this.#acquireLease();
      if (lease === null) return "aborted";
      try {
        const end = await this.#underLease(lease);
        if (end !== "again") return end;
      } finally {
        await lease.release();
      }
    }
    return "finished";
  }

  async #acquireLease(): Promise<SessionLease | null> {
    const { leases, clock } = this.#deps;
    const { session, signal } = this.#work;
    while (!signal.aborted) {
      try {
        const lease = await leases.acquire(session.id);
        if (lease !== null) return lease;
      } catch (error) {
        if (!isRefusal(error, "database_unavailable")) throw error;
      }
      await clock.sleep(LEASE_RETRY_MS, signal);
    }
    return null;
  }

  async #underLease(lease: SessionLease): Promise<LaneEnd | "again"> {
    const { gateway, sessionFiles, clock } = this.#deps;
    const { cycle, session, signal, cut } = this.#work;
    const poster = this.#poster;
    const { apiPairId } = session;
    if (apiPairId === null) return "session_resting";
    const api = await this.#transaction((tx) => tx.apiPairs.credentials(apiPairId));
    if (api === null) return poster.connectionRefused({ kind: "config_error", code: "API_PAIR_UNREADABLE" });
    await this.#addresses.load([...this.#open.values()].map((delivery) => delivery.groupId));

    const secret = await patiently(clock, signal, () => sessionFiles.read(session.id)).catch((error) => {
      if (error instanceof HeraldError) throw error;
      return null;
    });
    if (secret === null) return poster.connectionRefused({ kind: "session_limited", code: "SESSION_FILE_UNREADABLE" });
    const connected = await gateway.connect({ secret, api }, { signal: cut, mayUse: lease.held });
    if (connected.kind !== "connected") return poster.connectionRefused(connected);
    const { client } = connected;
    try {
      const twice = session.telegramUserId === null && !(await this.#identify(client));
      if (twice) return await poster.connectionRefused({ kind: "session_limited", code: "SAME_ACCOUNT_TWICE" });
      if (cycle.post.type === "text") return await this.#postAll({ client, lease, source: null });
      const source = await this.#addresses.source(client, cycle.post.content);
      if (source.kind !== "source") return await poster.sourceRefused(source);
      return await this.#postAll({ client, lease, source });
    } finally {
      await client.close();
    }
  }

  async #postAll(link: Link): Promise<LaneEnd | "again"> {
    const { cycle, signal } = this.#work;
    const end = await runLane({
      slots: this.#open.values(),
      more: () => this.#inherit(),
      delayBetweenPosts: cycle.delayBetweenPosts,
      lastSentAt: this.#poster.lastSentAt,
      until: () => this.#deadline,
      clock: this.#deps.clock,
      signal,
      post: (delivery): Promise<LaneStep<LaneEnd | "again">> => this.#poster.post(link, delivery.id),
    });
    return end === "deadline" ? this.#late() : end;
  }

  async #inherit(): Promise<Delivery[]> {
    const deliveries = this.#work.inherit();
    if (deliveries.length === 0) return [];
    const now = this.#deps.clock.now();
    // no earlier than before: its own last slot has come
    this.#deadline = laneDeadline(this.#work.cycle, deliveries, now);
    for (const delivery of deliveries) this.#open.set(delivery.id, delivery);
    await this.#addresses.load([...this.#open.values()].map((delivery) => delivery.groupId));
    return deliveries;
  }

  /** Why nothing more begins after the deadline: the account rests, or the lane was only late. */
  #late(): LaneEnd {
    return this.#poster.isResting ? "session_resting" : "cycle_ended";
  }

  /** Learns who an account is that was not tried when it was uploaded, once. @returns false when the pool has it already */
  async #identify(client: TelegramClient): Promise<boolean> {
    const { session } = this.#work;
    const me = await client.me();
    if (me.kind !== "me") return true;
    const identity = identityOf(me.account);
    try {
      await this.#transaction((tx) => tx.sessions.identify(session.id, identity));
      Object.assign(session, identity);
      return true;
    } catch (error) {
      if (isRefusal(error, "session_known")) return false;
      throw error;
    }
  }
}
