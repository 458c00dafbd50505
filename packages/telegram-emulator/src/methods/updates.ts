import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import { type InputPeer, resolveChannel } from "./input-peer.ts";

function stateOf({ account, world }: AccountContext): TlObject {
  return {
    _: "updates.state",
    pts: world.memberships.boxOf(account).pts,
    qts: 0,
    date: world.nowSeconds(),
    seq: 1,
    unread_count: 0,
  };
}

function getState(context: AccountContext): TlObject {
  return stateOf(context);
}

/** Messages of private chats and basic groups since `pts`: https://core.telegram.org/method/updates.getDifference */
function getDifference(context: AccountContext, params: { pts: number }): TlObject {
  const { account, world } = context;
  if (params.pts < 1) throw new RpcError(400, "PERSISTENT_TIMESTAMP_EMPTY");
  const box = world.memberships.boxOf(account);
  const events = box.since(params.pts);
  if (events === "tooLong") return { _: "updates.differenceTooLong", pts: box.pts };
  if (events.length === 0) return { _: "updates.differenceEmpty", date: world.nowSeconds(), seq: 1 };
  const view = new View(context);
  return {
    _: "updates.difference",
    new_messages: events.map((event) => view.message(event.item)),
    new_encrypted_messages: [],
    other_updates: [],
    ...view.peers(),
    state: stateOf(context),
  };
}

const MAX_CHANNEL_DIFFERENCE = 100;

function getChannelDifference(
  context: AccountContext,
  params: { channel: InputPeer; pts: number; limit: number },
): TlObject {
  const chat = resolveChannel(context, params.channel);
  if (params.pts < 1) throw new RpcError(400, "PERSISTENT_TIMESTAMP_INVALID");
  const events = chat.box.since(params.pts);
  const view = new View(context);
  view.mention(chat);
  if (events === "tooLong") return channelTooLong(chat, view);
  if (events.length === 0) return { _: "updates.channelDifferenceEmpty", final: true, pts: chat.box.pts };
  const part = events.slice(0, Math.min(Math.max(params.limit, 1), MAX_CHANNEL_DIFFERENCE));
  const messages = part.map((event) => view.message(event.item));
  return {
    _: "updates.channelDifference",
    final: part.length === events.length,
    pts: part.at(-1)?.pts,
    new_messages: messages,
    other_updates: [],
    ...view.peers(),
  };
}

function channelTooLong(chat: ReturnType<typeof resolveChannel>, view: View): TlObject {
  const last = chat.lastMessage;
  const dialog = {
    _: "dialog",
    peer: { _: "peerChannel", channel_id: chat.id },
    top_message: last?.id ?? 0,
    notify_settings: { _: "peerNotifySettings" },
    pts: chat.box.pts,
  };
  const messages = last ? [view.message(last)] : [];
  return { _: "updates.channelDifferenceTooLong", final: true, dialog, messages, ...view.peers() };
}

export const updateMethods = {
  "updates.getState": getState,
  "updates.getDifference": getDifference,
  "updates.getChannelDifference": getChannelDifference,
} satisfies Methods;
