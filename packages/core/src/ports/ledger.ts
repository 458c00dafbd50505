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
  messageId: number | null;
  at: Date;
  /** when the slot is to be tried again, for the timeline; null when final */
  waitUntil: Date | null;
  log: Omit<LogLine, "userId"> | null;
}

/**
 * The ledger: the durable word before and after each send. Calls of all lanes that come within a few milliseconds are one
 * transaction; settlements are written before the claims that came after them.
 */
export interface Ledger {
  /** Resolves once the claim is committed. While PostgreSQL is away it waits, and rejects only when `signal` aborts. */
  claim(claim: { hold: Hold; deliveryId: string; chatId: string }, signal: AbortSignal): Promise<Claim>;
  /** Takes it at once; it is committed with the next flush, and again and again until it is. Idempotent per delivery. */
  settle(settlement: Settlement): void;
  /** Resolves when everything taken so far is committed. */
  flush(): Promise<void>;
}
