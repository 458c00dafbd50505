import type { Bot } from "../model/domain.ts";

export interface BotRepository {
  /** Locks the row for the rest of the transaction: starts and stops of one bot come one after the other. Made when missing. */
  lock(userId: string): Promise<Bot>;
  /** Reads without a lock. Made when missing. */
  find(userId: string): Promise<Bot>;
  update(userId: string, change: Partial<Omit<Bot, "userId">>): Promise<void>;
  running(): Promise<Bot[]>;
}
