import type { Actor } from "../model/actor.ts";
import type { Chat } from "../model/domain.ts";

export interface ChatRepository {
  /**
   * Locks the chat's row for the rest of the transaction: claims to it wait for the commit. The chat as it is now, where it
   * became another; one that nobody has seen yet is made, titled by its id.
   */
  lock(id: string): Promise<Chat>;
  exists(id: string): Promise<boolean>;
  /** Seconds between two posts of anyone; null: the default. Claims see it from the commit on. */
  setCooldown(id: string, seconds: number | null): Promise<void>;
  /** Puts the chat on the opt-out list; does nothing when it is there. Hold its lock: then no claim goes after the commit. */
  optOut(id: string, by: Actor, proof: string | null): Promise<void>;
  /** Replaces the proof of the opt-out that holds, which keeps who made it and when. */
  setOptOutProof(id: string, proof: string): Promise<void>;
  /** Takes the chat off the opt-out list; the row stays, with who took it off and when. */
  revokeOptOut(id: string, by: Actor, at: Date): Promise<void>;
}
