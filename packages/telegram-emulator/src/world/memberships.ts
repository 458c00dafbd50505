import type { Account } from "./account.ts";
import type { Chat, Message } from "./chat.ts";
import { UpdateBox } from "./update-box.ts";

/** What the world keeps for each account of the chats that it is in. */
export class Memberships {
  private readonly chats = new Map<Account, Set<Chat>>();
  private readonly boxes = new Map<Account, UpdateBox<Message>>();

  /** Chats that the account is a member of. */
  chatsOf(account: Account): ReadonlySet<Chat> {
    return this.chats.get(account) ?? new Set();
  }

  add(account: Account, chat: Chat): void {
    this.chats.set(account, (this.chats.get(account) ?? new Set<Chat>()).add(chat));
  }

  remove(account: Account, chat: Chat): void {
    this.chats.get(account)?.delete(chat);
  }

  /** Messages of private chats and basic groups, which count on one pts an account. */
  boxOf(account: Account): UpdateBox<Message> {
    const box = this.boxes.get(account) ?? new UpdateBox<Message>();
    this.boxes.set(account, box);
    return box;
  }
}
