import type { Account } from "./account.ts";
import type { Chat, Message } from "./chat.ts";

/**
 * Used random_ids, kept for good for each account and peer. A repeat gives the first call's message:
 * https://core.telegram.org/constructor/updateMessageID, and what Telegram's servers were seen to do.
 */
export class RandomIds {
  /**
   * What a repeat gets whose message stands already: that message, or the error of its kind (500), as servers of another
   * make give it: https://core.telegram.org/method/messages.sendMessage
   */
  repeatsGet: "message" | "RANDOM_ID_DUPLICATE" = "message";
  private readonly used = new Map<Account, Map<Chat, Map<bigint, Message>>>();
  private readonly inFlight = new Set<string>();

  find(account: Account, chat: Chat, randomId: bigint): Message | undefined {
    return this.used.get(account)?.get(chat)?.get(randomId);
  }

  keep(account: Account, chat: Chat, randomId: bigint, message: Message): void {
    const chats = this.used.get(account) ?? new Map<Chat, Map<bigint, Message>>();
    this.used.set(account, chats);
    const ids = chats.get(chat) ?? new Map<bigint, Message>();
    chats.set(chat, ids);
    ids.set(randomId, message);
  }

  get anyInFlight(): boolean {
    return this.inFlight.size > 0;
  }

  /** Marks ids whose call is still running. @returns undefined when one of them is running already */
  begin(account: Account, chatId: number, randomIds: readonly bigint[]): (() => void) | undefined {
    const keys = randomIds.map((id) => `${account.id} ${chatId} ${id}`);
    if (keys.some((key) => this.inFlight.has(key))) return undefined;
    for (const key of keys) this.inFlight.add(key);
    return () => {
      for (const key of keys) this.inFlight.delete(key);
    };
  }
}
