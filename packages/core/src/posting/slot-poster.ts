import type { Consequences } from "../decide/consequences.ts";
import { type Decision, type DecisionContext, decide } from "../decide/decide.ts";
import { patiently } from "../lib/patiently.ts";
import type { Cycle, Delivery, Session } from "../model/domain.ts";
import type { Outcome, Refusal } from "../model/outcome.ts";
import type { SessionLease } from "../pool/session-leases.ts";
import { rests } from "../pool/session-state.ts";
import type { Clock, Hold, Ledger, Random, Settlement, Store, TelegramClient } from "../ports/index.ts";
import type { LaneAddresses, Source, Target } from "./lane-addresses.ts";
import type { LaneEnd } from "./lane-end.ts";
import type { LaneStep } from "./lane-runner.ts";
import { learnedFrom } from "./learned.ts";

/** Up to this many seconds are added to a flood wait, so that accounts that were stopped together do not come back together. */
const JITTER_SECONDS = 4;

/** The connection itself, in the count of unanswered tries. */
const CONNECTION = "connection";

/** What this try and those before it may have done at Telegram. */
type Reach = Pick<DecisionContext, "maybeDelivered" | "left">;

/** With whom and from where a slot is posted: as long as one client lives. `source` is null for a text. */
export interface Link {
  client: TelegramClient;
  lease: SessionLease;
  source: Source | null;
}

export interface PosterDependencies {
  store: Store;
  ledger: Ledger;
  clock: Clock;
  random: Random;
  consequences: Consequences;
}

/** `open`: what is not settled, by delivery id; the poster takes out what is. */
export interface PosterWork {
  cycle: Cycle;
  session: Session;
  open: Map<string, Delivery>;
  addresses: LaneAddresses;
  /** nothing is waited for beyond it */
  deadline: () => Date;
  signal: AbortSignal;
}

/** The end that a decision puts to the lane, if any. */
function laneEnd({ bot, session }: Decision): LaneEnd | null {
  if (bot !== null) return "bot_stopped";
  if (session?.kind === "dead") return "session_lost";
  return session?.kind === "rest_for_admin" ? "session_resting" : null;
}

/** Posts single slots of one session: find the chat, claim, send, decide, settle. Keeps count of what went unanswered. */
export class SlotPoster {
  readonly #deps: PosterDependencies;
  readonly #work: PosterWork;
  /** tries without an answer, by delivery (or {@link CONNECTION}) */
  readonly #unanswered = new Map<string, { attempts: number; firstTriedAt: Date }>();
  #restsUntil: Date | null = null;
  #lastSentAt = Number.NEGATIVE_INFINITY;

  constructor(deps: PosterDependencies, work: PosterWork) {
    this.#deps = deps;
    this.#work = work;
    for (const { id, state, attempts, triedAt } of work.open.values())
      if (state === "sending" && triedAt !== null) this.#unanswered.set(id, { attempts, firstTriedAt: triedAt });
  }

  /** Whether Telegram lets this session post to no group, as far as it was told here. */
  get isResting(): boolean {
    return rests({ restingUntil: this.#restsUntil, needsAdmin: false }, this.#deps.clock.now());
  }

  /** When its last request left, by the clock's monotonic milliseconds, whatever client it left by. */
  get lastSentAt(): number {
    return this.#lastSentAt;
  }

  async post(link: Link, deliveryId: string): Promise<LaneStep<LaneEnd | "again">> {
    const step = await this.#post(link, deliveryId);
    // its lease ran out in mid-write, or its key was refused: only another client can go on
    return link.client.ended && step.kind !== "end" && !this.#work.signal.aborted
      ? { kind: "end", why: "again" }
      : step;
  }

  async #post(link: Link, deliveryId: string): Promise<LaneStep<LaneEnd | "again">> {
    const { ledger, clock } = this.#deps;
    const { cycle, session, signal, open, addresses } = this.#work;
    const delivery = open.get(deliveryId);
    if (delivery === undefined) return { kind: "done" };
    const hold = { cycleId: cycle.id, epoch: cycle.epoch, sessionId: session.id, fence: link.lease.fence };

    const target = await addresses.target(link.client, delivery);
    if (signal.aborted) return { kind: "end", why: "aborted" };
    if (target.kind !== "target")
      return this.#settle(hold, delivery, 0, target, { maybeDelivered: delivery.state === "sending", left: false });

    const { chatId, topicId } = target;
    const claim = await ledger.claim({ hold, deliveryId, chatId, topicId }, signal);
    switch (claim.kind) {
      case "go":
        break;
      case "wait":
        if (claim.why !== "session_resting") return { kind: "again", at: claim.until, sentAt: null };
        this.#restsUntil = claim.until;
        return { kind: "rest", until: claim.until, sentAt: null };
      case "skip":
      case "settled":
        open.delete(deliveryId);
        return { kind: "done", sentAt: null };
      case "lost":
        return { kind: "end", why: link.lease.held() ? await this.#whyLost() : "again" };
    }
    const maybeDelivered = delivery.state === "sending";
    if (signal.aborted) {
      this.#giveBack(hold, delivery, maybeDelivered); // a stop came while the claim was on its way: nothing has left
      return { kind: "end", why: "aborted" };
    }
    const firstTriedAt = delivery.triedAt ?? clock.now();
    delivery.triedAt = firstTriedAt;
    // the claim may have waited for the database: the next post's delay counts from here
    const sentAt = clock.monotonic();
    this.#lastSentAt = sentAt;
    const outcome = await this.#send(link, target, {
      randomId: delivery.randomId,
      mayStand: maybeDelivered,
      firstTriedAt,
    });
    const unanswered = outcome.kind !== "sent" && outcome.unanswered === true;
    const reach = { maybeDelivered: maybeDelivered || unanswered, left: true };
    if (outcome.kind !== "sent" && outcome.source === true) {
      this.#giveBack(hold, delivery, reach.maybeDelivered);
      return { kind: "end", why: await this.#sourceRefusedNow(outcome, link) };
    }
    if (await this.#mayBeStale(outcome, delivery)) {
      this.#giveBack(hold, delivery, reach.maybeDelivered);
      return { kind: "again", at: clock.now(), sentAt };
    }
    const step = await this.#settle(hold, delivery, topicId, outcome, reach);
    return step.kind === "end" ? step : { ...step, sentAt };
  }

  /** Telegram did not let the session in: no slot was tried. */
  connectionRefused(refusal: Refusal): Promise<LaneEnd | "again"> {
    return this.#refused(refusal, "Telegram", "unreachable");
  }

  /** The chat that the post stands in refuses the session, and said nothing of any group. */
  sourceRefused(refusal: Refusal): Promise<LaneEnd | "again"> {
    return this.#refused(refusal, "The post's channel", "source_refused");
  }

  /** It was known before: what an out-of-date peer gets as well counts only when the chat was looked up anew. */
  async #sourceRefusedNow(refusal: Refusal, { source }: Link): Promise<LaneEnd | "again"> {
    const { addresses, cycle } = this.#work;
    const mayBeStale = refusal.kind === "group_refused" && refusal.stalePeer && source !== null;
    if (mayBeStale && (await addresses.renewSource(cycle.post.content, source.peer))) return "again";
    return this.sourceRefused(refusal);
  }

  async #refused(
    refusal: Refusal,
    who: string,
    otherwise: "unreachable" | "source_refused",
  ): Promise<LaneEnd | "again"> {
    const { clock } = this.#deps;
    const decision = this.#decide(refusal, CONNECTION, who, { maybeDelivered: false, left: false });
    await this.#carryOut(decision, refusal, null);
    const end = laneEnd(decision);
    if (end !== null) return end;
    // what refuses this session now (a private channel that it is not in) will refuse it again in this cycle
    if (decision.delivery.kind !== "again") return otherwise;
    const wait = decision.delivery.after * 1000;
    if (decision.session?.kind === "rest") this.#restsUntil = new Date(clock.now().getTime() + wait);
    if (clock.now().getTime() + wait >= this.#work.deadline().getTime())
      return decision.session?.kind === "rest" ? "session_resting" : otherwise;
    await clock.sleep(wait, this.#work.signal);
    return "again";
  }

  /** A refusal that an out-of-date peer gets as well: the chat is looked up anew and asked once more before it counts. */
  async #mayBeStale(outcome: Outcome, { groupId }: Delivery): Promise<boolean> {
    return outcome.kind === "group_refused" && outcome.stalePeer && (await this.#work.addresses.renewTarget(groupId));
  }

  /** A claim was refused under a lease that holds: either this account is out, or the cycle is no longer ours. */
  async #whyLost(): Promise<LaneEnd> {
    const { clock, store } = this.#deps;
    const session = await patiently(clock, this.#work.signal, () =>
      store.transaction((tx) => tx.sessions.find(this.#work.session.id)),
    );
    if (session === null || session.place !== "assigned") return "session_lost";
    return session.needsAdmin ? "session_resting" : "lost";
  }

  #send(
    { client, source }: Link,
    { peer: to, topicId }: Target,
    attempt: { randomId: bigint; mayStand: boolean; firstTriedAt: Date },
  ): Promise<Outcome> {
    const { post } = this.#work.cycle;
    const send = { to, topicId: topicId === 0 ? undefined : topicId, ...attempt };
    if (post.type === "text") return client.sendText({ text: post.content, ...send });
    if (source === null) throw new Error("a forward without its source");
    const { peer: from, messageId } = source;
    return client.forward({ from, messageId, ...send });
  }

  /** Undoes a claim whose group was not asked, or was asked in vain: it stands as it stood before. */
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
      randomId: null,
      at: this.#deps.clock.now(),
      waitUntil: null,
      log: null,
      learned: null,
    };
  }

  /** Writes what came out, with what it says of session and chat, and says how the lane goes on. */
  async #settle(
    hold: Hold,
    delivery: Delivery,
    topicId: number,
    outcome: Outcome,
    reach: Reach,
  ): Promise<LaneStep<LaneEnd | "again">> {
    const { ledger, clock, random } = this.#deps;
    const { addresses, session, open } = this.#work;
    const decision = this.#decide(outcome, delivery.id, addresses.name(delivery.groupId), reach);
    const now = clock.now();
    const { delivery: next } = decision;
    const retryAt = next.kind === "again" ? new Date(now.getTime() + next.after * 1000) : null;
    const randomId = next.kind === "again" && next.newRandomId === true ? random.int64() : null;
    const learned = learnedFrom(decision, outcome, topicId, now);
    ledger.settle({
      ...this.#settlement(hold, delivery),
      state: next.kind === "again" ? next.state : next.kind,
      outcome:
        next.kind === "failed" && next.uncertain ? "unknown" : outcome.kind === "random_id_taken" ? null : outcome.kind,
      code: outcome.kind === "sent" ? null : outcome.code,
      messageId: outcome.kind === "sent" ? outcome.messageId : null,
      randomId,
      at: now,
      waitUntil: retryAt,
      log: { ...decision.log, sessionId: session.id, groupId: delivery.groupId },
      learned,
    });
    if (randomId !== null) delivery.randomId = randomId;
    if (next.kind === "again") delivery.state = next.state;
    else open.delete(delivery.id);
    if (outcome.kind === "sent") return { kind: "done" };

    // a wait is stored before the next thing happens: a restart must not shorten it
    if (learned !== null) await ledger.flush();
    if (learned?.kind === "lookups") addresses.lookupsWait(learned.until);
    await this.#carryOut(decision, outcome, delivery.groupId);
    const end = laneEnd(decision);
    if (end !== null) return { kind: "end", why: end };
    if (retryAt === null) return { kind: "done" };
    if (decision.session?.kind !== "rest") return { kind: "again", at: retryAt };
    this.#restsUntil = retryAt;
    return { kind: "rest", until: retryAt };
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
}
