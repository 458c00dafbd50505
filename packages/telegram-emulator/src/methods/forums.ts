import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import type { Chat, Topic } from "../world/chat.ts";
import { type InputPeer, resolveChannel } from "./input-peer.ts";

interface GetForumTopics {
  /** Layers up to 215. */
  readonly channel?: InputPeer;
  readonly peer?: InputPeer;
}

function getForumTopics(context: AccountContext, params: GetForumTopics): TlObject {
  const chat = resolveChannel(context.account, (params.channel ?? params.peer) as InputPeer);
  if (!chat.isForum) throw new RpcError(400, "CHANNEL_FORUM_MISSING");
  const view = new View(context.account);
  view.mention(chat);
  const topics = [...chat.topics.values()]
    .filter((topic) => !topic.deleted)
    .map((topic) => topicView(chat, topic, view));
  return { _: "messages.forumTopics", count: topics.length, topics, messages: [], ...view.peers(), pts: chat.box.pts };
}

function topicView(chat: Chat, topic: Topic, view: View): TlObject {
  return {
    _: "forumTopic",
    id: topic.id,
    date: chat.date,
    peer: view.peer(chat),
    title: topic.title,
    closed: topic.closed,
    top_message: topic.id,
    from_id: view.peer(chat),
    notify_settings: { _: "peerNotifySettings" },
  };
}

export const forumMethods = {
  "channels.getForumTopics": getForumTopics,
  "messages.getForumTopics": getForumTopics,
} satisfies Methods;
