import type { SessionPlace } from "@herald/contract";
import type { SessionSecret } from "../model/domain.ts";

/** Encrypts what a session file holds. */
export interface SessionSeal {
  seal(sessionId: string, secret: SessionSecret): Uint8Array;
  /** Throws when it was sealed for another session or with another key, or is damaged. */
  open(sessionId: string, sealed: Uint8Array): SessionSecret;
}

/**
 * The encrypted session files: sessions/unused, sessions/assigned/<user id>, sessions/banned; or rows of the database, for
 * engines that share no folder.
 */
export interface SessionFiles {
  put(sessionId: string, secret: SessionSecret): Promise<void>;
  /** Throws when the file is missing or does not decrypt: both are faults of the set-up. */
  read(sessionId: string): Promise<SessionSecret>;
  /** Moves the file to the folder of its place. Idempotent; the database row is the truth, the folder follows it. */
  move(sessionId: string, place: SessionPlace, userId: string | null): Promise<void>;
  remove(sessionId: string): Promise<void>;
}
