import { stopBot } from "../bot/stop-bot.ts";
import { ENGINE } from "../model/actor.ts";
import type { Cycle, Session, SessionRest } from "../model/domain.ts";
import type { Refusal } from "../model/outcome.ts";
import { samePost } from "../model/post.ts";
import { type FileMoving, moveSessionFiles } from "../pool/session-files.ts";
import { mayBeTaken } from "../pool/session-state.ts";
import type { Clock, Store, Transaction } from "../ports/index.ts";
import type { Settings } from "../services/dependencies.ts";
import { breakerTrips } from "./breaker.ts";
import { type Decision, restFrom, SUSPECT_GROUPS, SUSPECT_WINDOW_SECONDS } from "./decide.ts";
import { breakerText, formerPostText, suspectReason } from "./plain-words.ts";

/** Whom a decision concerns. `groupId` is null when Telegram refused before any group was tried. */
interface Scope {
  cycle: Cycle;
  session: Session;
  groupId: string | null;
}

/** The rest of it stands in the ledger already, beside the delivery. */
const goesBeyondTheLedger = ({ session, pair, group, bot }: Decision): boolean =>
  bot !== null || group !== null || pair?.kind === "refuse" || (session !== null && session.kind !== "rest");

/** Carries out what a decision means beyond its delivery, in one transaction. Rare, and so not on the hot path. */
export class Consequences {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #files: FileMoving;
  readonly #settings: Settings;

  constructor(deps: FileMoving & { store: Store; clock: Clock; settings: Settings }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#files = deps;
    this.#settings = deps.settings;
  }

  /** @param scope.groupId null when Telegram refused before any group was tried: then the ledger has written nothing of it */
  async apply(decision: Decision, { code }: Refusal, { cycle, session, groupId }: Scope): Promise<void> {
    const { botId, userId } = cycle;
    const now = this.#clock.now();
    const reason = decision.reason ?? decision.log.text;
    const rest = restFrom(decision, code, now);
    if (groupId !== null && !goesBeyondTheLedger(decision)) return;

    await this.#store.transaction(async (tx) => {
      if (groupId === null) {
        await tx.log({ botId, userId, sessionId: session.id, ...decision.log });
        if (decision.lookups !== null)
          await tx.sessions.holdLookups(session.id, new Date(now.getTime() + decision.lookups.seconds * 1000));
      }
      // one that ends by itself stands in the ledger already, where a group was tried
      if (rest !== null && (rest.needsAdmin || groupId === null)) await this.#rest(tx, userId, session, rest);
      if (decision.session?.kind === "dead")
        await this.#bury(tx, cycle, session, { cause: decision.session.cause, reason, code, at: now });
      if (groupId !== null && decision.pair?.kind === "refuse") {
        const limited = decision.suspect && (await this.#restIfSuspect(tx, cycle, session, code, now));
        if (!limited) await this.#retireIfAllRefused(tx, cycle, groupId, reason, code, now);
      }
      if (groupId !== null && decision.group?.kind === "retire") {
        await tx.groups.retire(groupId, { reason, code });
        await tx.changed(userId, "groups");
      }
      if (decision.bot?.kind === "stop") {
        const bot = await tx.bots.lock(botId);
        const isRefused = decision.bot.reason === "content";
        await stopBot(tx, bot, {
          actor: ENGINE,
          reason: decision.bot.reason,
          text: isRefused && !samePost(cycle.post, bot.post) ? formerPostText(reason) : decision.log.text,
          level: null,
          at: now,
          ...(isRefused && { refusedPost: cycle.post }),
        });
      }
    });
    if (decision.session?.kind === "dead")
      await moveSessionFiles(this.#files, [{ ...session, place: "banned", userId: null }]);
  }

  async #rest(tx: Transaction, userId: string, session: Session, rest: SessionRest): Promise<void> {
    await tx.sessions.rest(session.id, rest);
    await tx.changed(userId, "bot");
    await tx.poolChanged();
  }

  /** Several groups that say the same of one account mean that the account is limited. @returns whether it rests now */
  async #restIfSuspect(
    tx: Transaction,
    { botId, userId }: Cycle,
    session: Session,
    code: string,
    now: Date,
  ): Promise<boolean> {
    const since = new Date(now.getTime() - SUSPECT_WINDOW_SECONDS * 1000);
    const groups = await tx.sessionChats.countRefusing(session.id, code, since);
    if (groups < SUSPECT_GROUPS) return false;
    const reason = suspectReason(groups);
    await this.#rest(tx, userId, session, { until: null, needsAdmin: true, reason, code });
    const text = `${session.label} rests until an admin has looked at it: ${reason}`;
    await tx.log({ botId, userId, level: "error", text, code, sessionId: session.id });
    return true;
  }

  /** A group that refuses every account of the bot for good is left out from now on. */
  async #retireIfAllRefused(
    tx: Transaction,
    { userId, post }: Cycle,
    groupId: string,
    reason: string,
    code: string,
    now: Date,
  ): Promise<void> {
    const living = await tx.sessions.ofUser(userId);
    const refusals = await tx.sessionChats.refusals(
      userId,
      living.map((session) => session.id),
      post,
      now,
    );
    const forGood = refusals.filter((refusal) => refusal.groupId === groupId && refusal.lasting);
    const refused = new Set(forGood.map((refusal) => refusal.sessionId));
    if (!living.every((session) => refused.has(session.id))) return;
    await tx.groups.retire(groupId, { reason, code });
    await tx.changed(userId, "groups");
  }

  async #bury(
    tx: Transaction,
    cycle: Cycle,
    session: Session,
    death: { cause: "spam" | "lost"; reason: string; code: string; at: Date },
  ): Promise<void> {
    const { botId, userId } = cycle;
    await tx.sessions.ban(session.id, death);
    await tx.audit({
      actor: ENGINE,
      action: "session.ban",
      target: { kind: "session", id: session.id },
      userId,
      before: { place: "assigned" },
      after: { place: "banned", cause: death.cause, code: death.code },
    });
    await tx.changed(userId, "bot");
    await tx.poolChanged();
    await this.#sayIfPoolEmpty(tx, cycle, death.at);
    if (death.cause !== "spam") return;
    const { breakerLimit: limit, breakerWindowHours } = this.#settings;
    const bot = await tx.bots.lock(botId);
    const windowStart = death.at.getTime() - breakerWindowHours * 3_600_000;
    const since = new Date(Math.max(windowStart, bot.breakerClearedAt?.getTime() ?? 0));
    const spamDeaths = await tx.sessions.countSpamDeaths(userId, since);
    if (!breakerTrips({ spamDeaths, limit })) return;
    const text = breakerText(spamDeaths, breakerWindowHours);
    await stopBot(tx, bot, { actor: ENGINE, reason: "breaker", text, level: "error", at: death.at });
  }

  /** The dead account's place stays empty then, and its user should know why fewer accounts post. */
  async #sayIfPoolEmpty(tx: Transaction, { botId, userId }: Cycle, now: Date): Promise<void> {
    const pool = await tx.sessions.list();
    if (pool.some((session) => mayBeTaken(session, now))) return;
    const left = pool.filter((session) => session.userId === userId).length;
    if (left === 0) return;
    const text = `The pool has no account to put in its place: posting goes on with ${left}.`;
    await tx.log({ botId, userId, level: "warning", text });
  }
}
