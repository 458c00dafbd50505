import type { Post } from "@herald/contract";
import type { Bot } from "../model/domain.ts";

/** What may be set of a bot; a post takes the place of the one before. */
export type BotChange = Partial<Omit<Bot, "id" | "userId" | "post">> & { post?: Post | null };

export interface BotRepository {
  /** Locks the row for the rest of the transaction: starts and stops of one bot come one after the other. */
  lock(id: string): Promise<Bot>;
  /** As {@link BotRepository.lock}, the bot of a user, who has one from the first moment. */
  lockOfUser(userId: string): Promise<Bot>;
  /** Reads without a lock. */
  find(id: string): Promise<Bot>;
  update(id: string, change: BotChange): Promise<void>;
}
