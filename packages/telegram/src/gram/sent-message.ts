import type bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";

/**
 * The number that Telegram gave to the message sent with `randomId`, out of its answer; undefined when the answer names none,
 * which is what a forward that made no message looks like. https://core.telegram.org/constructor/updateMessageID
 */
export function sentMessageId(updates: Api.TypeUpdates, randomId: bigInt.BigInteger): number | undefined {
  if (updates instanceof Api.UpdateShortSentMessage) return updates.id;
  const list =
    updates instanceof Api.Updates || updates instanceof Api.UpdatesCombined
      ? updates.updates
      : updates instanceof Api.UpdateShort
        ? [updates.update]
        : [];
  for (const update of list)
    if (update instanceof Api.UpdateMessageID && update.randomId?.equals(randomId)) return update.id;
  for (const update of list)
    if (update instanceof Api.UpdateNewChannelMessage || update instanceof Api.UpdateNewMessage)
      return update.message.id;
  return undefined;
}
