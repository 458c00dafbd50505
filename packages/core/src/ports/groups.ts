import type { Group } from "../model/domain.ts";

export interface GroupRepository {
  list(botId: string): Promise<Group[]>;
  /** The largest cool-down among the chats of its active groups, in seconds; the default for chats not resolved yet. */
  longestCooldown(botId: string): Promise<number>;
  /** Adds those not yet there, in the given order after the present ones; returns the added. */
  add(bot: { id: string; userId: string }, references: string[]): Promise<Group[]>;
  /** Returns how many there were. Open deliveries to them are skipped (`bot_changed`). */
  remove(botId: string, ids: string[]): Promise<number>;
  /**
   * Puts the group where its reference leads. `topicId` 0: the chat itself.
   * @returns the reference of the bot's group that posts to the same place already: then nothing was changed
   */
  place(groupId: string, at: { chatId: string; topicId: number }): Promise<string | null>;
  retire(groupId: string, why: { reason: string; code: string }): Promise<void>;
  reactivate(botId: string, ids: string[]): Promise<number>;
}
