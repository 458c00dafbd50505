import type { DeliveryState, OutcomeKind, SlotDto } from "@herald/contract";

/** What a slot looks like wherever it is drawn: each has one colour, one shape and one word. */
export type Look = "sent" | "planned" | "sending" | "waiting" | "refused" | "lost" | "skipped";

export const lookWord: Record<Look, string> = {
  sent: "Sent",
  planned: "Planned",
  sending: "Sending",
  waiting: "Waiting",
  refused: "Refused",
  lost: "Account lost",
  skipped: "Left out",
};

/** The CSS variable of a look's colour. */
export const lookColor: Record<Look, string> = {
  sent: "--ok",
  planned: "--edge",
  sending: "--info",
  waiting: "--wait",
  refused: "--refuse",
  lost: "--dead",
  skipped: "--muted",
};

export function lookOf({ state, outcome, waitUntil }: Pick<SlotDto, "state" | "outcome" | "waitUntil">): Look {
  switch (state) {
    case "sent":
      return "sent";
    case "sending":
      return "sending";
    case "planned":
      return waitUntil === null ? "planned" : "waiting";
    case "failed":
      return outcome === "session_dead" ? "lost" : "refused";
    case "skipped":
      return outcome === "session_dead" || outcome === "session_lost" ? "lost" : "skipped";
  }
}

const unfinished = (state: DeliveryState) => state === "planned" || state === "sending";

/** Why a slot is what it is, in plain words, after «Sent» or «Waiting»; null when the word says it all. */
export function explain(
  { state, outcome }: Pick<SlotDto, "state" | "outcome">,
  session: string,
  group: string,
): string | null {
  if (outcome === null) return null;
  return unfinished(state) ? explainWait(outcome, session, group) : explainEnd(outcome, session, group);
}

function explainWait(outcome: OutcomeKind, session: string, group: string): string | null {
  switch (outcome) {
    case "flood_wait":
      return `Telegram asked ${session} to pause`;
    case "slow_mode":
      return `${group} has slow mode`;
    case "session_limited":
    case "session_resting":
      return `${session} is resting`;
    case "cooldown":
      return `somebody posted to ${group} a moment ago`;
    case "unknown":
      return "the connection broke; Herald asks Telegram whether it arrived";
    default:
      return null;
  }
}

function explainEnd(outcome: OutcomeKind, session: string, group: string): string | null {
  switch (outcome) {
    case "sent":
      return null;
    case "flood_wait":
      return `Telegram asked ${session} to pause for longer than this cycle lasts`;
    case "slow_mode":
      return `${group} has slow mode, for longer than this cycle lasts`;
    case "session_limited":
      return `Telegram limits what ${session} may send`;
    case "session_dead":
      return `Telegram closed ${session}`;
    case "session_lost":
      return `${session} was lost before its turn`;
    case "session_resting":
      return `${session} is resting`;
    case "source_refused":
      return `the post's channel does not let ${session} read it`;
    case "unreachable":
      return `${session} could not reach Telegram`;
    case "group_refused":
      return `${group} does not let ${session} post`;
    case "group_retired":
      return `${group} is retired, because it refuses posts`;
    case "content_refused":
      return "Telegram does not take this post";
    case "config_error":
      return "Herald's set-up is not right; the admin knows";
    case "unknown":
      return "Telegram did not say whether it arrived";
    case "cooldown":
      return `somebody posted to ${group} a moment before`;
    case "opted_out":
      return `${group} does not want to be posted to`;
    case "cycle_ended":
      return "the cycle ended first";
    case "bot_changed":
      return "the groups or accounts were changed";
  }
}
