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

/** The same out of an answer that could not be read, whatever else is in it: by the bytes of its `updateMessageID`. */
export function sentMessageIdIn(answer: Buffer, randomId: bigInt.BigInteger): number | undefined {
  const id = Buffer.alloc(8);
  id.writeBigInt64LE(BigInt.asIntN(64, BigInt(randomId.toString())));
  for (let at = answer.indexOf(id); at >= 0; at = answer.indexOf(id, at + 1))
    if (at >= 8 && answer.readUInt32LE(at - 8) === Api.UpdateMessageID.CONSTRUCTOR_ID)
      return answer.readInt32LE(at - 4);
  return undefined;
}
