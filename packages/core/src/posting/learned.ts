import { type Decision, REFUSAL_ASKED_AGAIN_SECONDS } from "../decide/decide.ts";
import type { Outcome, RefusalEnd } from "../model/outcome.ts";
import type { Learned } from "../ports/index.ts";

/** Refusals of the topic alone: other topics of the chat may take the post. https://core.telegram.org/api/forum */
const OF_A_TOPIC = /^(TOPIC_|REPLY_MESSAGE_ID_INVALID|REPLY_TO_INVALID|MSG_ID_INVALID|MESSAGE_ID_INVALID)/;

/** What an answer says beyond its delivery; null where it says nothing that lasts. */
export function learnedFrom(decision: Decision, outcome: Outcome, topicId: number, now: Date): Learned | null {
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  if (outcome.kind === "sent") return null;
  const reason = decision.reason ?? decision.log.text;
  if (decision.session?.kind === "rest") return { kind: "rest", until: after(decision.session.seconds), reason };
  if (decision.lookups !== null) return { kind: "lookups", until: after(decision.lookups.seconds) };
  if (decision.pair?.kind === "wait") return { kind: "wait", until: after(decision.pair.seconds) };
  if (decision.pair?.kind !== "refuse") return null;
  const { ends } = decision.pair;
  return {
    kind: "refusal",
    reason,
    topicId: OF_A_TOPIC.test(outcome.code) ? topicId : 0,
    until: askAgainAt(ends, after(REFUSAL_ASKED_AGAIN_SECONDS)),
    ofThisPost: ends.kind === "post_changes",
  };
}

function askAgainAt(ends: RefusalEnd, tomorrow: Date): Date | null {
  if (ends.kind === "daily") return tomorrow;
  return ends.kind === "at" ? ends.at : null;
}
