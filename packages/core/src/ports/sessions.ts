import type { Session } from "../model/domain.ts";
import type { Peer } from "../model/outcome.ts";

export interface SessionRepository {
  find(id: string): Promise<Session | null>;
  list(): Promise<Session[]>;
  ofUser(userId: string): Promise<Session[]>;
  /** `fingerprint` is a SHA-256 of the auth key: the same key twice is refused. The id is a new UUID of the caller's. */
  add(session: {
    id: string;
    label: string;
    fileName: string;
    username: string | null;
    phoneMasked: string | null;
    telegramUserId: string | null;
    fingerprint: string;
  }): Promise<Session | "session_known">;
  /** Whether a session with this key is in the pool. */
  isKnown(fingerprint: string): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Takes up to `count` unused sessions that do not rest, longest rested first, skipping rows that others hold. */
  takeUnused(userId: string, count: number): Promise<Session[]>;
  /** Gives the session to nobody again: place unused, no user, no pair. */
  release(id: string): Promise<void>;
  /** Seats sessions on API pairs, all at once. */
  seat(seats: Array<{ sessionId: string; apiPairId: string }>): Promise<void>;
  rest(
    id: string,
    rest: { until: Date | null; needsAdmin: boolean; reason: string; code: string } | null,
  ): Promise<void>;
  ban(id: string, why: { at: Date; cause: "spam" | "lost"; reason: string; code: string }): Promise<void>;
  identify(
    id: string,
    account: { label: string; username: string | null; phoneMasked: string | null; telegramUserId: string },
  ): Promise<void>;
  /** Spam-type deaths of the user's sessions after `since`. */
  countSpamDeaths(userId: string, since: Date): Promise<number>;
  /** Peers that the session knows already, by reference. */
  peers(sessionId: string, references: string[]): Promise<Map<string, Peer>>;
  savePeer(sessionId: string, reference: string, peer: Peer): Promise<void>;
  /** Pairs (session, group) that may not be tried: retired for good, or held until a time. */
  pairs(
    sessionIds: string[],
  ): Promise<Array<{ sessionId: string; groupId: string; retired: boolean; waitUntil: Date | null }>>;
  /** Lets the pairs of the session that were retired for `code` be tried again. */
  reopenPairs(sessionId: string, code: string): Promise<void>;
  setPair(
    pair: { sessionId: string; groupId: string },
    to: { retired: true; reason: string; code: string } | { retired: false; waitUntil: Date; code: string },
  ): Promise<void>;
  /** Distinct groups that refused the session with `code` after `since`. */
  countRefusingGroups(sessionId: string, code: string, since: Date): Promise<number>;
}
