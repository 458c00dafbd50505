import type { Peer } from "@herald/core";
import { Api } from "telegram/tl/index.js";
import type { Invoke } from "./dialogs.ts";
import { inputPeer } from "./peers.ts";

/** The most that messages.getHistory and messages.search give at once. https://core.telegram.org/api/offsets */
const PAGE = 100;

/** What was posted: the message of a chat that was forwarded, or a text. */
export type Posted = { from: Peer; messageId: number } | { text: string };

/**
 * The number of the account's own newest message in this chat and topic that is `posted` and was not written before `since`
 * (Unix seconds of Telegram's clock); undefined when there is none. No method finds a message by its random_id, and an earlier
 * cycle's equal message is another post. Looks through what was written last by anyone, and then by the account alone.
 */
export async function findOwnMessage(
  invoke: Invoke,
  posted: Posted,
  { to, topicId, since }: { to: Peer; topicId: number | undefined; since: number },
): Promise<number | undefined> {
  const peer = inputPeer(to);
  const newest = new Api.messages.GetHistory({ peer, limit: PAGE });
  const own = new Api.messages.Search({
    peer,
    q: "",
    fromId: new Api.InputPeerSelf(),
    filter: new Api.InputMessagesFilterEmpty(),
    limit: PAGE,
    ...(topicId === undefined ? {} : { topMsgId: topicId }),
  });
  for (const request of [newest, own]) {
    const answer = await invoke(request);
    if (answer.kind !== "result" || answer.value instanceof Api.messages.MessagesNotModified) continue;
    for (const message of answer.value.messages)
      if (
        message instanceof Api.Message &&
        message.out === true &&
        message.date >= since &&
        topicIn(message) === topicId &&
        isPosted(message, posted)
      )
        return message.id;
  }
  return undefined;
}

/** What the message replies to: in a forum the topic, elsewhere the message that a text was sent in reply to. */
function topicIn({ replyTo }: Api.Message): number | undefined {
  if (!(replyTo instanceof Api.MessageReplyHeader)) return undefined;
  // what an answer leaves out is null in GramJS, whatever its types say
  return replyTo.replyToTopId ?? replyTo.replyToMsgId ?? undefined;
}

function isPosted({ message, fwdFrom }: Api.Message, posted: Posted): boolean {
  if ("text" in posted) return !fwdFrom && message.trim() === posted.text.trim();
  const { fromId, channelPost } = fwdFrom ?? {};
  return (
    fromId instanceof Api.PeerChannel &&
    fromId.channelId.toString() === posted.from.id &&
    channelPost === posted.messageId
  );
}
