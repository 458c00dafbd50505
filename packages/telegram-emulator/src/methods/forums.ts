import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import type { Chat, Message, Topic } from "../world/chat.ts";
import { type InputPeer, resolveChannel } from "./input-peer.ts";

interface GetForumTopics {
  /** Layers up to 215. */
  readonly channel?: InputPeer;
  readonly peer?: InputPeer;
}

function getForumTopics(context: AccountContext, params: GetForumTopics): TlObject {
  const chat = resolveForum(context, params);
  const standing = [...chat.topics.values()].filter((topic) => !topic.deleted);
  return topicsAnswer(context, chat, standing);
}

function getForumTopicsById(
  context: AccountContext,
  params: GetForumTopics & { readonly topics: readonly number[] },
): TlObject {
  const chat = resolveForum(context, params);
  const topics = params.topics.map((id) => chat.topics.get(id) ?? { id, title: "", closed: false, deleted: true });
  return topicsAnswer(context, chat, topics);
}

function resolveForum(context: AccountContext, params: GetForumTopics): Chat {
  const chat = resolveChannel(context, (params.channel ?? params.peer) as InputPeer);
  if (!chat.isForum) throw new RpcError(400, "CHANNEL_FORUM_MISSING");
  return chat;
}

/** Topics with their newest messages. */
function topicsAnswer(context: AccountContext, chat: Chat, topics: readonly Topic[]): TlObject {
  const view = new View(context);
  view.mention(chat);
  const newest = new Map<number | undefined, Message>();
  for (const message of chat.messages.values()) newest.set(message.topicId, message);
  const top = topics.map((topic) => newest.get(topic.id)).filter((message) => message !== undefined);
  return {
    _: "messages.forumTopics",
    count: topics.length,
    topics: topics.map((topic) => topicView(chat, topic, view, newest.get(topic.id))),
    messages: top.map((message) => view.message(message)),
    ...view.peers(),
    pts: chat.box.pts,
  };
}

function topicView(chat: Chat, topic: Topic, view: View, newest: Message | undefined): TlObject {
  if (topic.deleted) return { _: "forumTopicDeleted", id: topic.id };
  return {
    _: "forumTopic",
    id: topic.id,
    date: chat.date,
    peer: view.peer(chat),
    title: topic.title,
    closed: topic.closed,
    top_message: newest?.id ?? topic.id,
    from_id: view.peer(chat),
    notify_settings: { _: "peerNotifySettings" },
  };
}

export const forumMethods = {
  "channels.getForumTopics": getForumTopics,
  "channels.getForumTopicsByID": getForumTopicsById,
  "messages.getForumTopics": getForumTopics,
  "messages.getForumTopicsByID": getForumTopicsById,
} satisfies Methods;
