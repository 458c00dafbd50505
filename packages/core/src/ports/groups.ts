import type { Group } from "../model/domain.ts";

export interface GroupRepository {
  list(userId: string): Promise<Group[]>;
  /** Adds those not yet there, in the given order after the present ones; returns the added. */
  add(userId: string, references: string[]): Promise<Group[]>;
  /** Returns how many there were. Open deliveries to them are skipped (`bot_changed`). */
  remove(userId: string, ids: string[]): Promise<number>;
  /** Takes what a resolve found out: title and chat id, and makes the chat's row. */
  resolved(groupId: string, chat: { chatId: string; title: string }): Promise<void>;
  retire(groupId: string, why: { reason: string; code: string }): Promise<void>;
  reactivate(userId: string, ids: string[]): Promise<number>;
}
