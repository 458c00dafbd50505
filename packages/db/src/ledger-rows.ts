// What the SQL function herald_ledger takes and answers.
import type { Claim, Learned, Settlement } from "@herald/core";
import { storable } from "./text.ts";

type Hold = Settlement["hold"];

const holdRow = ({ cycleId, epoch, sessionId, fence }: Hold) => ({
  cycle: cycleId,
  epoch,
  session: sessionId,
  fence: fence.toString(),
});

export const claimRow = (claim: { hold: Hold; deliveryId: string; chatId: string; topicId: number }) => ({
  delivery: claim.deliveryId,
  chat: claim.chatId,
  topic: claim.topicId,
  ...holdRow(claim.hold),
});

export const settlementRow = (settlement: Settlement) => ({
  delivery: settlement.deliveryId,
  ...holdRow(settlement.hold),
  state: settlement.state,
  outcome: settlement.outcome,
  code: settlement.code,
  message_id: settlement.messageId,
  random_id: settlement.randomId?.toString() ?? null,
  at: settlement.at,
  wait_until: settlement.waitUntil,
  ...(settlement.log && {
    level: settlement.log.level,
    text: storable(settlement.log.text),
    log_code: settlement.log.code,
    log_session: settlement.log.sessionId,
    log_group: settlement.log.groupId,
  }),
  ...(settlement.learned && learnedRow(settlement.learned)),
});

const learnedRow = (learned: Learned) => ({
  learned: learned.kind,
  until: learned.until,
  topic: learned.kind === "refusal" ? learned.topicId : 0,
  ...("reason" in learned && { reason: storable(learned.reason) }),
  ...(learned.kind === "refusal" && { of_post: learned.ofThisPost }),
});

/** Gives a claim back: planned, as if it had not been made. */
export const claimGivenBackRow = (
  claim: { hold: Hold; deliveryId: string },
  at: Date,
): ReturnType<typeof settlementRow> => ({
  delivery: claim.deliveryId,
  ...holdRow(claim.hold),
  state: "planned",
  outcome: null,
  code: null,
  message_id: null,
  random_id: null,
  at,
  wait_until: null,
});

type Verdict = "go" | "settled" | "lost" | "cooldown" | "session_resting" | "slow_mode" | "opted_out" | "group_retired";

export interface Answer {
  n: number;
  /** busy: a row is in another transaction's hands, ask again */
  word: Verdict | "busy";
  /** ISO, for the three waits */
  until: string | null;
  /** the delivery's state before */
  was: string | null;
}

export function toClaim(word: Verdict, until: string | null): Claim {
  switch (word) {
    case "go":
    case "settled":
    case "lost":
      return { kind: word };
    case "opted_out":
    case "group_retired":
      return { kind: "skip", why: word };
    case "cooldown":
    case "session_resting":
    case "slow_mode":
      return { kind: "wait", why: word, until: new Date(until ?? 0) };
  }
}
