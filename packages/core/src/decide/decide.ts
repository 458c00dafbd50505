import type { DeliveryState } from "@herald/contract";
import { assertNever } from "../lib/assert-never.ts";
import type { LogLine, SessionRest } from "../model/domain.ts";
import type { Outcome, RefusalEnd } from "../model/outcome.ts";
import { type Names, outcomeText, reasonFor } from "./plain-words.ts";

/** First pause before an unanswered send is asked again, in seconds; it doubles with each try. */
export const UNKNOWN_BACKOFF_SECONDS = 1;
/** Longest such pause, in seconds. */
export const UNKNOWN_BACKOFF_MAX_SECONDS = 60;
/** An unanswered send is given up so long after its first try, in seconds… */
export const UNKNOWN_GIVE_UP_SECONDS = 600;
/** …but not before so many tries: an engine that was paused in the first has not asked for ten minutes. */
export const UNKNOWN_LEAST_TRIES = 3;
/** A wait is at least so long, in seconds: FLOOD_WAIT_0 is Telegram's rounding and no leave to go on at once. */
export const LEAST_WAIT_SECONDS = 1;
/**
 * So many distinct groups that refuse a session with one suspect code within {@link SUSPECT_WINDOW_SECONDS} mean that the
 * account is limited and not the groups: it rests for an admin.
 */
export const SUSPECT_GROUPS = 3;
export const SUSPECT_WINDOW_SECONDS = 3600;

/** How long until a refusal that can pass at any time is asked again, in seconds. */
export const REFUSAL_ASKED_AGAIN_SECONDS = 86_400;

export interface DecisionContext extends Names {
  /** tries since Telegram last answered clearly, this one included: 1 for the first */
  attempts: number;
  /** when the first of these was made */
  firstTriedAt: Date;
  /**
   * An earlier try may have been executed: the row stood at `sending` before this one. Then only Telegram's word on the
   * message itself settles it, and no wait turns it back into `planned`.
   */
  maybeDelivered: boolean;
  /** This try's request may have left; false when what came before it failed (connecting, finding the chat). */
  left: boolean;
  now: Date;
  /** seconds added to a flood wait, so that sessions that were stopped together do not come back together */
  jitter: number;
}

/** What follows from an outcome, each scope on its own: null leaves it as it is. Times in seconds from now. */
export interface Decision {
  delivery: /** `messageId` is null where Telegram says that the post stands, and its message could not be found */
    | { kind: "sent"; messageId: number | null }
    /** `uncertain`: an earlier try may stand in the group and nobody can ask any more, so it counts as `unknown` */
    | { kind: "failed"; uncertain: boolean }
    /** on the same session, and `state` meanwhile; with the same random_id, or with a new one where the old is another message's */
    | { kind: "again"; after: number; state: Extract<DeliveryState, "planned" | "sending">; newRandomId?: true };
  session:
    | { kind: "rest"; seconds: number }
    | { kind: "rest_for_admin" }
    | { kind: "dead"; cause: "spam" | "lost" }
    | null;
  /** searches for chats wait, and posts to chats that are known go on */
  lookups: { kind: "wait"; seconds: number } | null;
  pair: { kind: "wait"; seconds: number } | { kind: "refuse"; ends: RefusalEnd } | null;
  group: { kind: "retire" } | null;
  /** `content`: until the post changes; `config`: until an admin has mended the set-up */
  bot: { kind: "stop"; reason: "content" | "config" } | null;
  /** count the distinct groups that refused this session with this code: {@link SUSPECT_GROUPS} rest it for an admin */
  suspect: boolean;
  /** why, as a clause, for what is stored with a rest, a death, a retirement or a stop; null where nothing of it happens */
  reason: string | null;
  log: Pick<LogLine, "level" | "text" | "code">;
}

/** Decides what follows from what a send came to. Pure: the caller does it. */
export function decide(outcome: Outcome, context: DecisionContext): Decision {
  // an answer to this try says nothing about an earlier one that was never answered: a wait does not undo that
  const unanswered = context.maybeDelivered || (context.left && outcome.kind === "unknown") ? "sending" : "planned";
  const nothingElse = {
    session: null,
    lookups: null,
    pair: null,
    group: null,
    bot: null,
    suspect: false,
    reason: null,
  } as const;
  const log = (level: LogLine["level"], next: number | null = null): Decision["log"] => ({
    level,
    text: outcomeText(outcome, context, next),
    ...(outcome.kind === "sent" ? {} : { code: outcome.code }),
  });

  switch (outcome.kind) {
    case "sent":
      return { ...nothingElse, delivery: { kind: "sent", messageId: outcome.messageId }, log: log("info") };

    case "flood_wait": {
      const seconds = Math.max(LEAST_WAIT_SECONDS, outcome.seconds) + context.jitter;
      return {
        ...nothingElse,
        delivery: { kind: "again", after: seconds, state: unanswered },
        ...(outcome.method === "lookup"
          ? {
              lookups: { kind: "wait", seconds },
              reason: "Telegram asked this account to pause its searches for groups",
            }
          : { session: { kind: "rest", seconds }, reason: "Telegram asked this account to pause" }),
        log: log("warning", seconds),
      };
    }

    case "slow_mode": {
      const seconds = Math.max(LEAST_WAIT_SECONDS, outcome.seconds);
      return {
        ...nothingElse,
        delivery: { kind: "again", after: seconds, state: unanswered },
        pair: { kind: "wait", seconds },
        reason: "this group is in slow mode",
        log: log("info", seconds),
      };
    }

    case "session_limited":
      return {
        ...nothingElse,
        delivery: { kind: "failed", uncertain: context.maybeDelivered },
        session: { kind: "rest_for_admin" },
        reason: reasonFor(outcome),
        log: log("error"),
      };

    case "session_dead":
      return {
        ...nothingElse,
        delivery: { kind: "failed", uncertain: context.maybeDelivered },
        session: { kind: "dead", cause: outcome.cause },
        reason: reasonFor(outcome),
        log: log("error"),
      };

    case "group_refused": {
      // a suspect refusal says more about the account than about the group: other sessions may still post there
      const everyone = outcome.scope === "group" && !outcome.suspect;
      return {
        ...nothingElse,
        // the chat's own refusal says that nothing stands there; without asking it (the group was removed) nobody knows
        delivery: { kind: "failed", uncertain: context.maybeDelivered && !context.left },
        pair: everyone ? null : { kind: "refuse", ends: outcome.ends },
        group: everyone ? { kind: "retire" } : null,
        suspect: outcome.suspect,
        reason: reasonFor(outcome),
        log: log("warning", everyone ? null : secondsUntilAsked(outcome.ends, context.now)),
      };
    }

    case "content_refused":
      return {
        ...nothingElse,
        delivery: { kind: "failed", uncertain: false },
        bot: { kind: "stop", reason: "content" },
        reason: reasonFor(outcome),
        log: log("error"),
      };

    case "random_id_taken":
      return {
        ...nothingElse,
        delivery: { kind: "again", after: 0, state: "planned", newRandomId: true },
        log: log("warning", 0),
      };

    case "config_error":
      // nothing was sent and the group is not at fault: the slot stays open for the start after the mending
      return {
        ...nothingElse,
        delivery: { kind: "again", after: 0, state: unanswered },
        bot: { kind: "stop", reason: "config" },
        reason: reasonFor(outcome),
        log: log("error"),
      };

    case "unknown": {
      const after = backoffSeconds(context.attempts);
      return givenUp(context)
        ? { ...nothingElse, delivery: { kind: "failed", uncertain: false }, log: log("error") }
        : { ...nothingElse, delivery: { kind: "again", after, state: unanswered }, log: log("warning", after) };
    }

    default:
      return assertNever(outcome);
  }
}

/** The rest that a decision puts its session to; null for none. @param code Telegram's, of what was decided */
export function restFrom({ session, reason, log }: Decision, code: string, now: Date): SessionRest | null {
  const why = { reason: reason ?? log.text, code };
  if (session?.kind === "rest_for_admin") return { until: null, needsAdmin: true, ...why };
  if (session?.kind !== "rest") return null;
  return { until: new Date(now.getTime() + session.seconds * 1000), needsAdmin: false, ...why };
}

/** Null where no date says when: never, or with the next post. */
function secondsUntilAsked(ends: RefusalEnd, now: Date): number | null {
  if (ends.kind === "daily") return REFUSAL_ASKED_AGAIN_SECONDS;
  return ends.kind === "at" ? Math.max(LEAST_WAIT_SECONDS, (ends.at.getTime() - now.getTime()) / 1000) : null;
}

const backoffSeconds = (attempts: number) =>
  Math.min(UNKNOWN_BACKOFF_MAX_SECONDS, UNKNOWN_BACKOFF_SECONDS * 2 ** (attempts - 1));

/** What never left is not given up as unknown: it is simply tried again. */
const givenUp = ({ attempts, firstTriedAt, now, maybeDelivered, left }: DecisionContext) =>
  (maybeDelivered || left) &&
  attempts >= UNKNOWN_LEAST_TRIES &&
  now.getTime() - firstTriedAt.getTime() >= UNKNOWN_GIVE_UP_SECONDS * 1000;
