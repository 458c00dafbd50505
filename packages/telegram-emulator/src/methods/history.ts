import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import type { Account } from "../world/account.ts";
import { Chat, type Message } from "../world/chat.ts";
import { type InputPeer, resolveChannel, resolveChat, resolvePeer } from "./input-peer.ts";
import { filterOf, type Page, pageOf, pageSize } from "./pages.ts";

/** Messages by their ids: those that are gone are messageEmpty. */
function byIds(
  context: AccountContext,
  chat: Chat | undefined,
  ids: readonly number[],
  find: (id: number) => Message | undefined,
): TlObject {
  const view = new View(context);
  const messages = ids.map((id) => {
    const message = find(id);
    return message ? view.message(message) : { _: "messageEmpty", id };
  });
  return answer(view, chat, messages, messages.length);
}

/** One page of the messages that fit, and how many there are in all. */
function byPage(context: AccountContext, chat: Chat, fitting: readonly Message[], page: Page): TlObject {
  const view = new View(context);
  const messages = pageOf(fitting, page).map((message) => view.message(message));
  return answer(view, chat, messages, fitting.length);
}

function answer(view: View, chat: Chat | undefined, messages: readonly TlObject[], count: number): TlObject {
  if (chat) view.mention(chat);
  // Layers from 205 on want the topics of the answer.
  const rest = { messages, topics: [], ...view.peers() };
  if (chat?.isChannelPeer) return { _: "messages.channelMessages", pts: chat.box.pts, count, ...rest };
  if (messages.length < count) return { _: "messages.messagesSlice", count, ...rest };
  return { _: "messages.messages", ...rest };
}

type InputMessageId = number | (TlObject & { readonly id?: number });

const idOf = (input: InputMessageId) => (typeof input === "number" ? input : (input.id ?? 0));

function getChannelMessages(
  context: AccountContext,
  params: { channel: InputPeer; id: readonly InputMessageId[] },
): TlObject {
  const chat = resolveChannel(context, params.channel);
  return byIds(context, chat, params.id.map(idOf), (id) => chat.messages.get(id));
}

/** Messages of basic groups and private chats, by their number in the account. */
function getMessages(context: AccountContext, params: { id: readonly InputMessageId[] }): TlObject {
  const chats = [...context.world.memberships.chatsOf(context.account)].filter((chat) => !chat.isChannelPeer);
  return byIds(context, undefined, params.id.map(idOf), (id) =>
    chats.map((chat) => chat.messages.get(id)).find((message) => message !== undefined),
  );
}

function getHistory(context: AccountContext, params: Page & { readonly peer: InputPeer }): TlObject {
  const chat = resolveChat(context, params.peer);
  return byPage(context, chat, [...chat.messages.values()], params);
}

/** A message without an account is one of the chat itself. */
function isFrom(message: Message, sender: Account | Chat): boolean {
  return sender instanceof Chat
    ? message.accountId === undefined && message.chat === sender
    : message.accountId === sender.id;
}

interface Search extends Page {
  readonly peer: InputPeer;
  readonly q: string;
  readonly from_id?: InputPeer;
  readonly top_msg_id?: number;
  readonly filter: TlObject;
  readonly min_date: number;
  readonly max_date: number;
}

/** Messages of one chat by text, sender, topic, kind and date: https://core.telegram.org/method/messages.search */
function search(context: AccountContext, params: Search): TlObject {
  const chat = resolveChat(context, params.peer);
  const sender = params.from_id && resolvePeer(context, params.from_id);
  const isOfKind = filterOf(params.filter);
  const text = params.q.toLowerCase();
  const { top_msg_id, min_date, max_date } = params;
  const fitting = [...chat.messages.values()].filter(
    (message) =>
      (sender === undefined || isFrom(message, sender)) &&
      (top_msg_id === undefined || (chat.isForum ? message.topicId : message.replyTo) === top_msg_id) &&
      (min_date === 0 || message.date > min_date) &&
      (max_date === 0 || message.date < max_date) &&
      message.text.toLowerCase().includes(text) &&
      isOfKind(message),
  );
  return byPage(context, chat, fitting, params);
}

function dialogView(chat: Chat, view: View): TlObject {
  view.mention(chat);
  return {
    _: "dialog",
    peer: view.peer(chat),
    top_message: chat.lastMessage?.id ?? 0,
    notify_settings: { _: "peerNotifySettings" },
    pts: chat.isChannelPeer ? chat.box.pts : undefined,
  };
}

interface GetDialogs {
  readonly offset_date: number;
  readonly offset_id: number;
  readonly offset_peer: InputPeer;
  readonly limit: number;
  readonly exclude_pinned?: boolean;
  readonly folder_id?: number;
}

/** Chats by their last message, newest first; a page begins after the chat that `offset_*` names. */
function getDialogs(context: AccountContext, params: GetDialogs): TlObject {
  if (params.folder_id !== undefined && params.folder_id > 0) return { _: "messages.dialogs", ...dialogs(context, []) };
  const sorted = [...context.world.memberships.chatsOf(context.account)].sort(
    (a, b) => (b.lastMessage?.date ?? b.date) - (a.lastMessage?.date ?? a.date) || a.id - b.id,
  );
  const after =
    params.offset_peer._ === "inputPeerEmpty" ? -1 : sorted.indexOf(resolveChat(context, params.offset_peer));
  const page = sorted.slice(after + 1, after + 1 + pageSize(params.limit));
  const answer = dialogs(context, page);
  if (page.length === sorted.length) return { _: "messages.dialogs", ...answer };
  return { _: "messages.dialogsSlice", count: sorted.length, ...answer };
}

function dialogs(context: AccountContext, chats: readonly Chat[]): { dialogs: TlObject[]; messages: TlObject[] } {
  const view = new View(context);
  const dialogs = chats.map((chat) => dialogView(chat, view));
  const messages = chats.map((chat) => chat.lastMessage).filter((message) => message !== undefined);
  return { dialogs, messages: messages.map((message) => view.message(message)), ...view.peers() };
}

function getPeerDialogs(
  context: AccountContext,
  params: { peers: readonly (TlObject & { peer?: InputPeer })[] },
): TlObject {
  const chats = params.peers.map((input) => {
    if (!input.peer) throw new RpcError(400, "PEER_ID_INVALID");
    return resolveChat(context, input.peer);
  });
  const state = {
    _: "updates.state",
    pts: context.world.memberships.boxOf(context.account).pts,
    date: context.world.nowSeconds(),
    seq: 1,
  };
  return { _: "messages.peerDialogs", ...dialogs(context, chats), state };
}

export const historyMethods = {
  "channels.getMessages": getChannelMessages,
  "messages.getMessages": getMessages,
  "messages.getHistory": getHistory,
  "messages.search": search,
  "messages.getDialogs": getDialogs,
  "messages.getPeerDialogs": getPeerDialogs,
} satisfies Methods;
