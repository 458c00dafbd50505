import { parseMarkedId, splitReference } from "@herald/contract";

/**
 * A t.me link to a message in a group, or null where Telegram has none: basic groups, and messages not sent.
 * https://core.telegram.org/api/links#message-links
 *
 * @param reference canonical group reference (`@name`, `@name/5` for a topic, a marked id, `+hash`)
 * @param chatId marked chat id
 */
export function messageLink(reference: string | null, chatId: bigint | null, messageId: number | null): string | null {
  if (messageId === null) return null;
  const { chat } = splitReference(reference ?? "");
  const path = chat.startsWith("@") ? chat.slice(1) : privatePath(chatId?.toString() ?? chat);
  if (path === null) return null;
  // without the number behind the reference: it is a topic only where the chat has topics, and Telegram finds that by itself
  return `https://t.me/${path}/${messageId}`;
}

function privatePath(chatId: string): string | null {
  const marked = parseMarkedId(chatId);
  return marked?.type === "channel" ? `c/${marked.id}` : null;
}
