import type { Consequences } from "../decide/consequences.ts";
import { type Decision, type DecisionContext, decide } from "../decide/decide.ts";
import { patiently } from "../lib/patiently.ts";
import type { Cycle, Delivery, Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Outcome, Refusal } from "../model/outcome.ts";
import { maskPhone, sessionLabel } from "../model/session-identity.ts";
import type { SessionLease, SessionLeases } from "../pool/session-leases.ts";
import type {
  Clock,
  Gateway,
  Hold,
  Ledger,
  Random,
  SessionFiles,
  Settlement,
  Store,
  TelegramClient,
  Transaction,
} from "../ports/index.ts";
import { LaneAddresses, type Source, type Target } from "./lane-addresses.ts";
import { laneDeadline } from "./lane-deadline.ts";
import { type LaneStep, runLane } from "./lane-runner.ts";

/** A client is connected this long before its first slot, in milliseconds. */
const CONNECT_AHEAD_MS = 3_000;
/** How often a lane asks for a lease that another engine still has, in milliseconds. */
const LEASE_RETRY_MS = 250;
/** Up to this many seconds are added to a flood wait, so that accounts that were stopped together do not come back together. */
const JITTER_SECONDS = 4;

/** Why a lane stopped before it was through. `content` concerns all lanes of the cycle, the rest only this one. */
export type LaneEnd =
  | "finished"
  | "aborted"
  | "lost"
  | "content_refused"
  | "bot_stopped"
  | "session_lost"
  | "session_resting"
  | "cycle_ended";

/** What this try and those before it may have done at Telegram. */
type Reach = Pick<DecisionContext, "maybeDelivered" | "left">;

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
}

/** The connection itself, in the count of unanswered tries. */
const CONNECTION = "connection";

/** The end that a decision puts to the lane, if any. */
function laneEnd({ bot, session }: Decision): LaneEnd | null {
  if (bot !== null) return bot.reason === "content" ? "content_refused" : "bot_stopped";
  if (session?.kind === "dead") return "session_lost";
  return session?.kind === "rest_for_admin" ? "session_resting" : null;
}

/** What stands with the delivery: a random_id that was taken holds it for no time at all. */
function outcomeKind({ kind }: Outcome, next: Decision["delivery"]): Settlement["outcome"] {
  if (next.kind === "failed" && next.uncertain) return "unknown";
  return kind === "random_id_taken" ? null : kind;
}

/**
 * One session's part of a cycle: takes its lease, connects, posts slot by slot, closes, gives the lease back. When lease or
 * connection is lost on the way it begins again with what is left. Throws only for faults of ours.
 */
export class SessionLane {
  readonly #deps: LaneDependencies;
  readonly #work: LaneWork;
  readonly #deadline: Date;
  readonly #addresses: LaneAddresses;
  #source: Source | null = null;
  #restsUntil = new Date(0);
  readonly #open: Map<string, Delivery>;
  /** tries without an answer, by delivery (or {@link CONNECTION}) */
  readonly #unanswered = new Map<string, { attempts: number; firstTriedAt: Date }>();

  constructor(deps: LaneDependencies, work: LaneWork) {
    this.#deps = deps;
    this.#work = work;
    this.#addresses = new LaneAddresses((transaction) => this.#transaction(transaction), work.session);
    this.#open = new Map(work.deliveries.map((delivery) => [delivery.id, delivery]));
    for (const { id, state, attempts, triedAt } of work.deliveries)
      if (state === "sending" && triedAt !== null) this.#unanswered.set(id, { attempts, firstTriedAt: triedAt });
    this.#deadline = laneDeadline(work.cycle, work.deliveries, deps.clock.now());
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
    const first = Math.min(...deliveries.map((delivery) => delivery.plannedAt.getTime()));
    await clock.sleep(Math.max(0, first - CONNECT_AHEAD_MS - clock.now().getTime()), signal);
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
        if (!(error instanceof HeraldError && error.code === "database_unavailable")) throw error;
      }
      await clock.sleep(LEASE_RETRY_MS, signal);
    }
    return null;
  }

  async #underLease(lease: SessionLease): Promise<LaneEnd | "again"> {
    const { gateway, sessionFiles, clock } = this.#deps;
    const { cycle, session, signal, cut } = this.#work;
    const { apiPairId } = session;
    if (apiPairId === null) return "session_resting";
    const api = await this.#transaction((tx) => tx.apiPairs.credentials(apiPairId));
    if (api === null) return this.#connectionRefused({ kind: "config_error", code: "API_PAIR_UNREADABLE" });
    await this.#addresses.load([...this.#open.values()].map((delivery) => delivery.groupId));

    const secret = await patiently(clock, signal, () => sessionFiles.read(session.id)).catch((error) => {
      if (error instanceof HeraldError) throw error;
      return null;
    });
    if (secret === null) return this.#connectionRefused({ kind: "session_limited", code: "SESSION_FILE_UNREADABLE" });
    const connected = await gateway.connect({ secret, api }, { signal: cut, mayUse: lease.held });
    if (connected.kind !== "connected") return this.#connectionRefused(connected);
    const { client } = connected;
    try {
      const twice = session.telegramUserId === null && !(await this.#identify(client));
      if (twice) return await this.#connectionRefused({ kind: "session_limited", code: "SAME_ACCOUNT_TWICE" });
      if (cycle.post.type === "link") {
        const source = await this.#addresses.source(client, cycle.post.content);
        if (source.kind !== "source") return await this.#connectionRefused(source);
        this.#source = source;
      }
      return await this.#postAll(client, lease);
    } finally {
      await client.close();
    }
  }

  async #postAll(client: TelegramClient, lease: SessionLease): Promise<LaneEnd | "again"> {
    const { clock } = this.#deps;
    const { cycle, signal } = this.#work;
    const run = await runLane({
      slots: [...this.#open.values()].map((delivery) => ({
        deliveryId: delivery.id,
        groupId: delivery.groupId,
        plannedAt: delivery.plannedAt,
        attempts: delivery.attempts,
      })),
      delayBetweenPosts: cycle.delayBetweenPosts,
      until: this.#deadline,
      clock,
      signal,
      post: (slot): Promise<LaneStep<LaneEnd | "again">> => this.#post(client, lease, slot.deliveryId),
    });
    return run.ended === "deadline" ? this.#late() : run.ended;
  }

  /** Why nothing more begins after the deadline: the account rests, or the lane was only late. */
  #late(): LaneEnd {
    return this.#restsUntil > this.#deps.clock.now() ? "session_resting" : "cycle_ended";
  }

  /** One slot: find the chat, claim, send, decide, settle. */
  async #post(client: TelegramClient, lease: SessionLease, deliveryId: string): Promise<LaneStep<LaneEnd | "again">> {
    const { ledger, clock } = this.#deps;
    const { cycle, session, signal } = this.#work;
    const delivery = this.#open.get(deliveryId);
    if (delivery === undefined) return { kind: "done" };
    const hold = { cycleId: cycle.id, epoch: cycle.epoch, sessionId: session.id, fence: lease.fence };

    const target = await this.#addresses.target(client, delivery);
    if (signal.aborted) return { kind: "end", why: "aborted" };
    if (target.kind !== "target")
      return this.#settle(hold, delivery, target, { maybeDelivered: delivery.state === "sending", left: false });

    const claim = await ledger.claim({ hold, deliveryId, chatId: target.chatId }, signal);
    switch (claim.kind) {
      case "go":
        break;
      case "wait":
        if (claim.why !== "session_resting") return { kind: "again", at: claim.until, sentAt: null };
        this.#restsUntil = claim.until;
        return { kind: "rest", until: claim.until, sentAt: null };
      case "skip":
      case "settled":
        this.#open.delete(deliveryId);
        return { kind: "done", sentAt: null };
      case "lost":
        return { kind: "end", why: lease.held() ? await this.#whyLost() : "again" };
    }
    const maybeDelivered = delivery.state === "sending";
    if (signal.aborted) {
      this.#giveBack(hold, delivery, maybeDelivered); // a stop came while the claim was on its way: nothing has left
      return { kind: "end", why: "aborted" };
    }
    delivery.state = "sending";
    // the claim may have waited for the database: the next post's delay counts from here
    const sentAt = clock.monotonic();
    const outcome = await this.#send(client, delivery, target, maybeDelivered);
    const unanswered = outcome.kind !== "sent" && outcome.unanswered === true;
    const reach = { maybeDelivered: maybeDelivered || unanswered, left: true };
    if (outcome.kind !== "sent" && outcome.source === true) {
      this.#giveBack(hold, delivery, reach.maybeDelivered);
      return { kind: "end", why: await this.#connectionRefused(outcome) };
    }
    const step = await this.#settle(hold, delivery, outcome, reach);
    return step.kind === "end" ? step : { ...step, sentAt };
  }

  /** A claim was refused under a lease that holds: either this account is out, or the cycle is no longer ours. */
  async #whyLost(): Promise<LaneEnd> {
    const session = await this.#transaction((tx) => tx.sessions.find(this.#work.session.id));
    if (session === null || session.place !== "assigned") return "session_lost";
    return session.needsAdmin ? "session_resting" : "lost";
  }

  #send(
    client: TelegramClient,
    { randomId }: Delivery,
    { peer: to, topicId }: Target,
    mayStand: boolean,
  ): Promise<Outcome> {
    const { post } = this.#work.cycle;
    if (post.type === "text") return client.sendText({ text: post.content, to, topicId, randomId, mayStand });
    if (this.#source === null) throw new Error("a forward without its source");
    const { peer: from, messageId } = this.#source;
    return client.forward({ from, messageId, to, topicId, randomId, mayStand });
  }

  /** Undoes a claim whose group was not asked: it stands as it stood before. */
  #giveBack(hold: Hold, delivery: Delivery, maybeDelivered: boolean): void {
    delivery.state = maybeDelivered ? "sending" : "planned";
    this.#deps.ledger.settle({ ...this.#settlement(hold, delivery), state: delivery.state });
  }

  #settlement(hold: Hold, delivery: Delivery): Settlement {
    return {
      hold,
      deliveryId: delivery.id,
      state: "planned",
      outcome: null,
      code: null,
      messageId: null,
      at: this.#deps.clock.now(),
      waitUntil: null,
      log: null,
    };
  }

  /** Writes what came out and says how the lane goes on. */
  async #settle(hold: Hold, delivery: Delivery, outcome: Outcome, reach: Reach): Promise<LaneStep<LaneEnd | "again">> {
    const { ledger } = this.#deps;
    const decision = this.#decide(outcome, delivery.id, this.#addresses.name(delivery.groupId), reach);
    const now = this.#deps.clock.now();
    const { delivery: next } = decision;
    const retryAt = next.kind === "again" ? new Date(now.getTime() + next.after * 1000) : null;
    ledger.settle({
      ...this.#settlement(hold, delivery),
      state: next.kind === "again" ? next.state : next.kind,
      outcome: outcomeKind(outcome, next),
      code: outcome.kind === "sent" ? null : outcome.code,
      messageId: outcome.kind === "sent" ? outcome.messageId : null,
      at: now,
      waitUntil: retryAt,
      log: { ...decision.log, sessionId: this.#work.session.id, groupId: delivery.groupId },
    });
    if (next.kind === "again") delivery.state = next.state;
    else this.#open.delete(delivery.id);
    if (outcome.kind === "sent") return { kind: "done" };

    // a wait is stored before the next thing happens: a restart must not shorten it
    await this.#carryOut(decision, outcome, delivery.groupId);
    const end = laneEnd(decision);
    if (end !== null) return { kind: "end", why: end };
    if (retryAt === null) return { kind: "done" };
    if (decision.session?.kind !== "rest") return { kind: "again", at: retryAt };
    this.#restsUntil = retryAt;
    return { kind: "rest", until: retryAt };
  }

  /** Telegram did not let the session in, or not to the source of the post: no slot was tried. */
  async #connectionRefused(refusal: Refusal): Promise<LaneEnd | "again"> {
    const { clock } = this.#deps;
    // before any group is asked, only the source of the post can refuse as a group does
    const who = refusal.kind === "group_refused" ? "The post's channel" : "Telegram";
    const decision = this.#decide(refusal, CONNECTION, who, { maybeDelivered: false, left: false });
    await this.#carryOut(decision, refusal, null);
    const end = laneEnd(decision);
    if (end !== null) return end;
    // a source that refuses this session (a private channel that it is not in) will refuse it again
    if (decision.delivery.kind !== "again") return "session_resting";
    const wait = decision.delivery.after * 1000;
    if (clock.now().getTime() + wait >= this.#deadline.getTime()) return "session_resting";
    await clock.sleep(wait, this.#work.signal);
    return "again";
  }

  /** Keeps count of the unanswered tries of one thing, which its giving up is judged by. */
  #decide(outcome: Outcome, thing: string, group: string, reach: Reach): Decision {
    const { clock, random } = this.#deps;
    const now = clock.now();
    const before = this.#unanswered.get(thing) ?? { attempts: 0, firstTriedAt: now };
    const tries = { ...before, attempts: before.attempts + 1 };
    if (outcome.kind === "unknown") this.#unanswered.set(thing, tries);
    else this.#unanswered.delete(thing);
    return decide(outcome, {
      ...tries,
      session: this.#work.session.label,
      group,
      ...reach,
      now,
      jitter: Number(BigInt.asUintN(16, random.int64()) % BigInt(JITTER_SECONDS * 1000)) / 1000,
    });
  }

  #carryOut(decision: Decision, refusal: Refusal, groupId: string | null): Promise<void> {
    const { clock, consequences } = this.#deps;
    const { cycle, session, signal } = this.#work;
    return patiently(clock, signal, () => consequences.apply(decision, refusal, { cycle, session, groupId }));
  }

  /** Writes down who an account is that was not tried when it was uploaded. @returns false when the pool has it already */
  async #identify(client: TelegramClient): Promise<boolean> {
    const me = await client.me();
    if (me.kind !== "me") return true;
    const { account } = me;
    try {
      await this.#transaction((tx) =>
        tx.sessions.identify(this.#work.session.id, {
          label: sessionLabel(account),
          username: account.username,
          phoneMasked: account.phone === null ? null : maskPhone(account.phone),
          telegramUserId: account.userId,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof HeraldError && error.code === "session_known") return false;
      throw error;
    }
  }
}
