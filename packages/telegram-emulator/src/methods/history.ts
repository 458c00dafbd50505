import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import type { Chat } from "../world/chat.ts";
import type { Message } from "../world/message.ts";
import { type InputPeer, resolveChannel, resolveChat } from "./input-peer.ts";

const MAX_PAGE = 100;

function messagesAnswer(
  context: AccountContext,
  chat: Chat | undefined,
  messages: readonly Message[],
  ids?: readonly number[],
): TlObject {
  const view = new View(context.account);
  if (chat) view.mention(chat);
  const views = ids
    ? ids.map((id) => {
        const message = messages.find((entry) => entry.id === id);
        return message ? view.message(message) : { _: "messageEmpty", id };
      })
    : messages.map((message) => view.message(message));
  // Layers from 205 on want the topics of the answer.
  const rest = { messages: views, topics: [], ...view.peers() };
  if (!chat?.isChannelPeer) return { _: "messages.messages", ...rest };
  return { _: "messages.channelMessages", pts: chat.box.pts, count: chat.messages.size, ...rest };
}

type InputMessageId = number | (TlObject & { readonly id?: number });

const idOf = (input: InputMessageId) => (typeof input === "number" ? input : (input.id ?? 0));

function getChannelMessages(
  context: AccountContext,
  params: { channel: InputPeer; id: readonly InputMessageId[] },
): TlObject {
  const chat = resolveChannel(context.account, params.channel);
  const ids = params.id.map(idOf);
  return messagesAnswer(context, chat, present(chat, ids), ids);
}

function present(chat: Chat, ids: readonly number[]): Message[] {
  return ids.map((id) => chat.messages.get(id)).filter((message) => message !== undefined);
}

/** Messages of basic groups and private chats, by their number in the account. */
function getMessages(context: AccountContext, params: { id: readonly InputMessageId[] }): TlObject {
  const ids = params.id.map(idOf);
  const found = [...context.account.chats].filter((chat) => !chat.isChannelPeer).flatMap((chat) => present(chat, ids));
  return messagesAnswer(context, undefined, found, ids);
}

interface GetHistory {
  readonly peer: InputPeer;
  readonly offset_id: number;
  readonly limit: number;
  readonly max_id: number;
  readonly min_id: number;
}

function getHistory(context: AccountContext, params: GetHistory): TlObject {
  const chat = resolveChat(context.account, params.peer);
  const newestFirst = [...chat.messages.values()].reverse();
  const page = newestFirst
    .filter(
      (message) =>
        (params.offset_id === 0 || message.id < params.offset_id) &&
        (params.max_id === 0 || message.id < params.max_id) &&
        message.id > params.min_id,
    )
    .slice(0, Math.min(params.limit || MAX_PAGE, MAX_PAGE));
  return messagesAnswer(context, chat, page);
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
  const sorted = [...context.account.chats].sort(
    (a, b) => (b.lastMessage?.date ?? b.date) - (a.lastMessage?.date ?? a.date) || a.id - b.id,
  );
  const after =
    params.offset_peer._ === "inputPeerEmpty" ? -1 : sorted.indexOf(resolveChat(context.account, params.offset_peer));
  const page = sorted.slice(after + 1, after + 1 + Math.min(params.limit || MAX_PAGE, MAX_PAGE));
  const answer = dialogs(context, page);
  if (page.length === sorted.length) return { _: "messages.dialogs", ...answer };
  return { _: "messages.dialogsSlice", count: sorted.length, ...answer };
}

function dialogs(context: AccountContext, chats: readonly Chat[]): { dialogs: TlObject[]; messages: TlObject[] } {
  const view = new View(context.account);
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
    return resolveChat(context.account, input.peer);
  });
  const state = { _: "updates.state", pts: context.account.box.pts, date: context.world.nowSeconds(), seq: 1 };
  return { _: "messages.peerDialogs", ...dialogs(context, chats), state };
}

export const historyMethods = {
  "channels.getMessages": getChannelMessages,
  "messages.getMessages": getMessages,
  "messages.getHistory": getHistory,
  "messages.getDialogs": getDialogs,
  "messages.getPeerDialogs": getPeerDialogs,
} satisfies Methods;
