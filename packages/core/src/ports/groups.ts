import type { Group } from "../model/domain.ts";

export interface GroupRepository {
  list(userId: string): Promise<Group[]>;
  /** Adds those not yet there, in the given order after the present ones; returns the added. */
  add(userId: string, references: string[]): Promise<Group[]>;
  /** Returns how many there were. Open deliveries to them are skipped (`bot_changed`). */
  remove(userId: string, ids: string[]): Promise<number>;
  /**
   * Puts the group where its reference leads. `topicId` 0: the chat itself.
   * @returns the reference of the bot's group that posts to the same place already: then nothing was changed
   */
  place(groupId: string, at: { chatId: string; topicId: number }): Promise<string | null>;
  retire(groupId: string, why: { reason: string; code: string }): Promise<void>;
  reactivate(userId: string, ids: string[]): Promise<number>;
}
