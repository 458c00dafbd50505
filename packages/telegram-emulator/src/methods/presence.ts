import type { AccountContext, Methods } from "../rpc/context.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import { resolveBasicGroup } from "./input-peer.ts";

/** What clients tell of themselves; the emulator keeps none of it. */
const acknowledge = () => true;

function readHistory(context: AccountContext): TlObject {
  return { _: "messages.affectedMessages", pts: context.world.memberships.boxOf(context.account).pts, pts_count: 0 };
}

function getFullChat(context: AccountContext, params: { chat_id: bigint }): TlObject {
  const chat = resolveBasicGroup(context, Number(params.chat_id));
  const view = new View(context);
  view.mention(chat, ...[...chat.members.values()].map((member) => member.account));
  const participants = [...chat.members.values()].map(({ account, joinedAt }) => ({
    _: "chatParticipant",
    user_id: account.id,
    inviter_id: account.id,
    date: joinedAt,
  }));
  const fullChat = {
    _: "chatFull",
    id: chat.id,
    about: "",
    participants: { _: "chatParticipants", chat_id: chat.id, participants, version: 1 },
    notify_settings: { _: "peerNotifySettings" },
  };
  return { _: "messages.chatFull", full_chat: fullChat, ...view.peers() };
}

export const presenceMethods = {
  "account.updateStatus": acknowledge,
  "channels.readHistory": acknowledge,
  "messages.setTyping": acknowledge,
  "messages.readHistory": readHistory,
  "messages.getFullChat": getFullChat,
} satisfies Methods;
