import type { SessionPlace } from "@herald/contract";
import type { SessionSecret } from "../model/domain.ts";

/** Encrypts what a session file holds. */
export interface SessionSeal {
  seal(sessionId: string, secret: SessionSecret): Uint8Array;
  /** Throws when it was sealed for another session or with another key, or is damaged. */
  open(sessionId: string, sealed: Uint8Array): SessionSecret;
  /** The same, sealed with the current key; null when it is already. Throws like {@link open}. */
  reseal(sessionId: string, sealed: Uint8Array): Uint8Array | null;
  /** The id of the key that is not here and would open it; null when it opens, and when it is damaged. */
  missingKey(sessionId: string, sealed: Uint8Array): string | null;
}

/**
 * The encrypted session files: sessions/unused, sessions/assigned/<user id>, sessions/banned; or rows of the database, for
 * engines that share no folder. A file is written before its row and removed after it, and is `unsettled` in between (in
 * sessions/unsettled): read like any other, and the only kind that may be removed because no row wants it.
 */
export interface SessionFiles {
  /** A file that is new is unsettled; one that is there is replaced where it stands. */
  put(sessionId: string, secret: SessionSecret): Promise<void>;
  /** Sets the file aside: its row is about to go. Idempotent, and none when there is no file. */
  unsettle(sessionId: string): Promise<void>;
  /** The row is there: an unsettled file goes to the unused ones. Idempotent; one that stands elsewhere already stays. */
  settle(sessionId: string): Promise<void>;
  /** The ids of unsettled files. */
  unsettled(): Promise<string[]>;
  /** Throws when the file is missing or does not decrypt: both are faults of the set-up. */
  read(sessionId: string): Promise<SessionSecret>;
  /** Moves the file to the folder of its place. Idempotent; the database row is the truth, the folder follows it. */
  move(sessionId: string, place: SessionPlace, userId: string | null): Promise<void>;
  remove(sessionId: string): Promise<void>;
  /** Which keys that are not here would open the files of these sessions. Those that are missing or damaged need none. */
  missingKeys(sessionIds: readonly string[]): Promise<string[]>;
  /** Seals it with the current key. False when it was already. Throws like {@link read}. Engines may be at work meanwhile. */
  reseal(sessionId: string): Promise<boolean>;
}
