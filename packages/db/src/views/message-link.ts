/**
 * A t.me link to a message in a group, or null where Telegram has none: basic groups, and messages not sent.
 * https://core.telegram.org/api/links#message-links
 *
 * @param reference canonical group reference (`@name`, `@name/5` for a topic, `-100…`, `+hash`)
 * @param chatId marked chat id
 */
export function messageLink(reference: string | null, chatId: bigint | null, messageId: number | null): string | null {
  if (messageId === null) return null;
  const [base = "", topic] = (reference ?? "").split("/");
  const path = base.startsWith("@") ? base.slice(1) : privatePath(chatId?.toString() ?? base);
  if (path === null) return null;
  return `https://t.me/${[path, topic, messageId].filter((part) => part !== undefined).join("/")}`;
}

const privatePath = (chatId: string): string | null => (/^-100\d+$/.test(chatId) ? `c/${chatId.slice(4)}` : null);
