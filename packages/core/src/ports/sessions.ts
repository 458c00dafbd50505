import type { Session, SessionRest } from "../model/domain.ts";

export interface SessionRepository {
  find(id: string): Promise<Session | null>;
  list(): Promise<Session[]>;
  /** Those that serve the user, all of them `assigned`, in the order in which they came to the pool. */
  ofUser(userId: string): Promise<Session[]>;
  /**
   * Enters a session whose key is still to be tried: it waits for an admin, with this reason, until `setFree`.
   * `fingerprint` is a SHA-256 of the auth key: the same key twice is refused. The id is a new UUID of the caller's.
   */
  add(session: {
    id: string;
    label: string;
    fileName: string;
    fingerprint: string;
    reason: string;
    code: string;
  }): Promise<Session | "session_known">;
  /** It was tried and may be used: unused, without a rest or a death. One that is assigned stays as it is. */
  setFree(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes up to `count` unused sessions that do not rest, longest rested first, skipping rows that others hold. */
  takeUnused(userId: string, count: number, now: Date): Promise<Session[]>;
  /** When the first of the unused sessions that rest is back by itself; null: none is. */
  firstUnusedBack(now: Date): Promise<Date | null>;
  /** Gives the session to nobody again: place unused, no user, no pair. */
  release(id: string): Promise<void>;
  /** Seats sessions on API pairs, all at once. */
  seat(seats: Array<{ sessionId: string; apiPairId: string }>): Promise<void>;
  /** A longer rest that is there already stays, and so does one that waits for an admin; null ends both. */
  rest(id: string, rest: SessionRest | null): Promise<void>;
  /** The session looks no name up before `until`. */
  holdLookups(id: string, until: Date): Promise<void>;
  ban(id: string, why: { at: Date; cause: "spam" | "lost"; reason: string; code: string }): Promise<void>;
  /** A banned session was tried again, in vain: from now on it is banned for this. */
  stayBanned(id: string, why: { reason: string; code: string }): Promise<void>;
  identify(
    id: string,
    account: { label: string; username: string | null; phoneMasked: string | null; telegramUserId: string },
  ): Promise<void>;
  /** Spam-type deaths of the user's sessions after `since`. */
  countSpamDeaths(userId: string, since: Date): Promise<number>;
}
