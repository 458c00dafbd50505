import type { AccountContext, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import { ADMIN_RIGHTS, bannedRightsView, chatView } from "../views/peers.ts";
import type { Account } from "../world/account.ts";
import type { Chat, Member } from "../world/chat.ts";
import type { Invite } from "../world/invites.ts";
import { canSee, type InputPeer, resolveBasicGroup, resolveChannel } from "./input-peer.ts";

/** https://core.telegram.org/api/config#channels-limit-default */
const MAX_CHANNELS = 500;

function getChannels(context: AccountContext, params: { id: readonly InputPeer[] }): TlObject {
  const chats = params.id.map((input) => chatView(resolveChannel(context, input), context.account));
  return { _: "messages.chats", chats };
}

/** Basic groups; one that has migrated names its supergroup. */
function getChats(context: AccountContext, params: { id: readonly bigint[] }): TlObject {
  const chats = params.id.map((id) => chatView(resolveBasicGroup(context, Number(id)), context.account));
  return { _: "messages.chats", chats };
}

function joinedUpdates(context: AccountContext, chat: Chat): TlObject {
  const view = new View(context);
  view.mention(chat);
  const update = chat.isChannelPeer
    ? { _: "updateChannel", channel_id: chat.id }
    : { _: "updateChat", chat_id: chat.id };
  const updates = context.codec.has(update._) ? [update] : [];
  return { _: "updates", updates, ...view.peers(), date: context.world.nowSeconds(), seq: 0 };
}

function join({ account, world }: AccountContext, chat: Chat, needsRequest: boolean): void {
  if (chat.members.has(account.id)) throw new RpcError(400, "USER_ALREADY_PARTICIPANT");
  if (chat.kicked.has(account.id)) throw new RpcError(400, "CHANNEL_PRIVATE");
  if (world.memberships.chatsOf(account).size >= MAX_CHANNELS) throw new RpcError(400, "CHANNELS_TOO_MUCH");
  if (needsRequest) {
    chat.requests.add(account.id);
    throw new RpcError(400, "INVITE_REQUEST_SENT");
  }
  chat.add(account);
}

function joinChannel(context: AccountContext, params: { channel: InputPeer }): TlObject {
  const chat = resolveChannel(context, params.channel);
  // Joining where one is a member already is no error here, unlike by invite.
  if (!chat.members.has(context.account.id)) join(context, chat, chat.joinRequests);
  return joinedUpdates(context, chat);
}

function leaveChannel(context: AccountContext, params: { channel: InputPeer }): TlObject {
  const chat = resolveChannel(context, params.channel);
  if (!chat.members.has(context.account.id)) throw new RpcError(400, "USER_NOT_PARTICIPANT");
  chat.remove(context.account);
  return joinedUpdates(context, chat);
}

function findInvite(context: AccountContext, hash: string): Invite {
  if (hash === "") throw new RpcError(400, "INVITE_HASH_EMPTY");
  const invite = context.world.invites.get(hash);
  if (!invite) throw new RpcError(400, "INVITE_HASH_INVALID");
  if (invite.expired) throw new RpcError(400, "INVITE_HASH_EXPIRED");
  // A link outlives the migration of its group.
  return { ...invite, chat: invite.chat.migratedTo ?? invite.chat };
}

function checkChatInvite(context: AccountContext, params: { hash: string }): TlObject {
  const { chat, requests } = findInvite(context, params.hash);
  if (chat.members.has(context.account.id)) {
    return { _: "chatInviteAlready", chat: chatView(chat, context.account) };
  }
  return {
    _: "chatInvite",
    channel: chat.isChannelPeer,
    broadcast: chat.kind === "channel",
    megagroup: chat.kind === "supergroup",
    public: chat.username !== undefined,
    request_needed: requests,
    title: chat.title,
    photo: { _: "photoEmpty", id: 0 },
    participants_count: chat.members.size,
  };
}

function importChatInvite(context: AccountContext, params: { hash: string }): TlObject {
  const { chat, requests } = findInvite(context, params.hash);
  join(context, chat, requests);
  return joinedUpdates(context, chat);
}

function getFullChannel(context: AccountContext, params: { channel: InputPeer }): TlObject {
  const chat = resolveChannel(context, params.channel);
  const view = new View(context);
  view.mention(chat);
  const member = chat.members.get(context.account.id);
  const wait =
    member?.role === "member" ? context.world.slowMode.remaining(context.account, chat, context.world.now()) : 0;
  const fullChat = {
    _: "channelFull",
    id: chat.id,
    about: "",
    participants_count: chat.members.size,
    chat_photo: { _: "photoEmpty", id: 0 },
    notify_settings: { _: "peerNotifySettings" },
    bot_info: [],
    pts: chat.box.pts,
    migrated_from_chat_id: chat.migratedFrom?.chat.id,
    migrated_from_max_id: chat.migratedFrom?.lastMessageId,
    slowmode_seconds: chat.slowMode || undefined,
    slowmode_next_send_date: wait > 0 ? context.world.nowSeconds() + wait : undefined,
  };
  return { _: "messages.chatFull", full_chat: fullChat, ...view.peers() };
}

function getParticipant(context: AccountContext, params: { channel: InputPeer; participant: InputPeer }): TlObject {
  const chat = resolveChannel(context, params.channel);
  const id = params.participant.user_id === undefined ? context.account.id : Number(params.participant.user_id);
  const member = chat.members.get(id);
  if (!member || !canSee(context.account, chat)) throw new RpcError(400, "USER_NOT_PARTICIPANT");
  const view = new View(context);
  view.mention(chat, member.account);
  const participant = participantView(chat, member, context.account);
  return { _: "channels.channelParticipant", participant, ...view.peers() };
}

/** https://core.telegram.org/type/ChannelParticipant */
function participantView(chat: Chat, { account, role, joinedAt: date }: Member, viewer: Account): TlObject {
  const user_id = account.id;
  const self = account === viewer;
  if (role === "creator") return { _: "channelParticipantCreator", user_id, admin_rights: ADMIN_RIGHTS };
  if (role === "admin")
    return { _: "channelParticipantAdmin", self, user_id, promoted_by: user_id, date, admin_rights: ADMIN_RIGHTS };
  const restrictions = chat.restrictionsOf(account);
  if (restrictions) {
    const peer = { _: "peerUser", user_id };
    const kicked_by = [...chat.members.values()].find((member) => member.role !== "member")?.account.id ?? user_id;
    const banned_rights = bannedRightsView(restrictions);
    return { _: "channelParticipantBanned", left: false, peer, kicked_by, date, banned_rights };
  }
  if (self) return { _: "channelParticipantSelf", user_id, inviter_id: user_id, date };
  return { _: "channelParticipant", user_id, date };
}

export const chatMethods = {
  "channels.getChannels": getChannels,
  "channels.joinChannel": joinChannel,
  "channels.leaveChannel": leaveChannel,
  "channels.getFullChannel": getFullChannel,
  "channels.getParticipant": getParticipant,
  "messages.getChats": getChats,
  "messages.checkChatInvite": checkChatInvite,
  "messages.importChatInvite": importChatInvite,
} satisfies Methods;
