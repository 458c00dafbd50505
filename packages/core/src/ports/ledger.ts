import type { OutcomeKind } from "@herald/contract";
import type { LogLine } from "../model/domain.ts";

/** Who asks: the engine's hold on the cycle and on the session, both with their fencing numbers. */
export interface Hold {
  cycleId: string;
  epoch: number;
  sessionId: string;
  fence: bigint;
}

export type Claim =
  /** Committed: state `sending`. Send now. */
  | { kind: "go" }
  /** Not before `until`: the chat cools down after another post, or the session or pair rests. */
  | { kind: "wait"; until: Date; why: "cooldown" | "session_resting" | "slow_mode" }
  /** Final, already recorded as skipped: the chat opted out, the group or the pair is retired. */
  | { kind: "skip"; why: "opted_out" | "group_retired" }
  /** Already final (an earlier holder settled it). */
  | { kind: "settled" }
  /** The bot is stopped, or cycle or session belong to someone else now: the lane ends, writing nothing. */
  | { kind: "lost" };

export interface Settlement {
  hold: Hold;
  deliveryId: string;
  /** `sending` again: it stays open (a wait, or no answer yet) and is tried again later */
  state: "sent" | "failed" | "planned" | "sending";
  /** null: nothing came of it (a stop came between claim and send) */
  outcome: OutcomeKind | null;
  code: string | null;
  /** null also where Telegram says that the post stands, and its message could not be found */
  messageId: number | null;
  at: Date;
  /** in place of the present one, which is another message's; null: it stays */
  randomId: bigint | null;
  /** when the slot is to be tried again, for the timeline; null when final */
  waitUntil: Date | null;
  log: Omit<LogLine, "botId" | "userId"> | null;
  /** what Telegram said beyond this delivery; written beside it, so that nothing of it is forgotten by a crash between the two */
  learned: Learned | null;
}

/** What holds from now on, longer than for one delivery. */
export type Learned =
  /** the session posts to no group before `until` */
  | { kind: "rest"; until: Date; reason: string }
  /** the session looks no name up before `until` */
  | { kind: "lookups"; until: Date }
  /** the session posts to this chat not before `until` */
  | { kind: "wait"; until: Date }
  /** the chat (or, where its topic alone refuses, that) is not tried by the session: until then, or for good */
  | { kind: "refusal"; reason: string; topicId: number; until: Date | null; ofThisPost: boolean };

/**
 * The ledger: the durable word before and after each send. Calls of all lanes that come within a few milliseconds are one
 * transaction; settlements are written before the claims that came after them.
 */
export interface Ledger {
  /** Resolves once the claim is committed. While PostgreSQL is away it waits, and rejects only when `signal` aborts. */
  claim(
    claim: { hold: Hold; deliveryId: string; chatId: string; topicId: number },
    signal: AbortSignal,
  ): Promise<Claim>;
  /** Takes it at once; it is committed with the next flush, and again and again until it is. Idempotent per delivery. */
  settle(settlement: Settlement): void;
  /** Resolves when everything taken so far is committed. */
  flush(): Promise<void>;
}
