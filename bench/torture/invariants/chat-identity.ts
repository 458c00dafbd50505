import type { World } from "@herald/telegram-emulator";

/** One chat has one identity, whichever of its two marked ids is given: that of the supergroup which a basic group became. */
export type ChatIdentity = (chatId: number) => number;

/** https://core.telegram.org/api/channel#migration */
export function chatIdentity({ chats }: Pick<World, "chats">): ChatIdentity {
  return (chatId) => chats.get(chatId)?.migratedTo?.markedId ?? chatId;
}
