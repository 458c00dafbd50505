import type { TlObject } from "../tl/codec.ts";
import type { Account } from "../world/account.ts";
import { Chat } from "../world/chat.ts";
import { parseMarkedId } from "../world/ids.ts";
import { type BannedRights, isBanned, type Right } from "../world/rights.ts";

/** Rights without a date end with the 32-bit clock. */
const FOREVER_SECONDS = 0x7fffffff;

export function peerOf(peer: Account | Chat, viewer: Account): TlObject {
  if (!(peer instanceof Chat)) return { _: "peerUser", user_id: peer.id };
  if (peer.kind === "private") return { _: "peerUser", user_id: peer.other(viewer).id };
  return peer.isChannelPeer ? { _: "peerChannel", channel_id: peer.id } : { _: "peerChat", chat_id: peer.id };
}

export function peerOfMarkedId(markedId: number): TlObject {
  const { kind, id } = parseMarkedId(markedId);
  if (kind === "user") return { _: "peerUser", user_id: id };
  return kind === "channel" ? { _: "peerChannel", channel_id: id } : { _: "peerChat", chat_id: id };
}

export function userView(account: Account, viewer: Account): TlObject {
  const isSelf = account === viewer;
  return {
    _: "user",
    self: isSelf,
    id: account.id,
    access_hash: account.accessHash(viewer),
    first_name: account.firstName,
    last_name: account.lastName,
    username: account.username,
    phone: isSelf ? account.phone : undefined,
    deleted: account.status === "deactivated",
    status: { _: "userStatusRecently" },
  };
}

export function bannedRightsView(rights: BannedRights): TlObject {
  const banned = (right: Right) => isBanned(rights, right);
  return {
    _: "chatBannedRights",
    send_messages: banned("sendMessages"),
    send_plain: banned("sendPlain"),
    send_media: banned("sendMedia"),
    send_photos: banned("sendPhotos"),
    send_videos: banned("sendVideos"),
    send_docs: banned("sendDocs"),
    send_audios: banned("sendAudios"),
    send_voices: banned("sendVoices"),
    send_stickers: banned("sendStickers"),
    send_gifs: banned("sendGifs"),
    embed_links: banned("embedLinks"),
    until_date: rights.until === undefined ? FOREVER_SECONDS : Math.floor(rights.until / 1000),
  };
}

export const ADMIN_RIGHTS: TlObject = {
  _: "chatAdminRights",
  post_messages: true,
  delete_messages: true,
  invite_users: true,
};

/** How a chat looks to one account: whole, left, or forbidden. */
export function chatView(chat: Chat, viewer: Account): TlObject {
  const member = chat.members.get(viewer.id);
  const isAdmin = member !== undefined && member.role !== "member";
  const restrictions = isAdmin ? undefined : chat.restrictionsOf(viewer);
  const common = {
    id: chat.id,
    title: chat.title,
    photo: { _: "chatPhotoEmpty" },
    date: member?.joinedAt ?? chat.date,
    creator: member?.role === "creator",
    left: member === undefined,
    noforwards: chat.noforwards,
    admin_rights: isAdmin ? ADMIN_RIGHTS : undefined,
    // In a channel only admins write, so there is nothing to ban.
    default_banned_rights: chat.kind === "channel" ? undefined : bannedRightsView(chat.bannedRights),
    participants_count: chat.members.size,
  };
  if (chat.kind === "basicGroup") {
    if (!member) return { _: "chatForbidden", id: chat.id, title: chat.title };
    const { migratedTo } = chat;
    return {
      _: "chat",
      ...common,
      version: 1,
      deactivated: migratedTo !== undefined,
      migrated_to: migratedTo && {
        _: "inputChannel",
        channel_id: migratedTo.id,
        access_hash: migratedTo.accessHash(viewer),
      },
    };
  }
  const accessHash = chat.accessHash(viewer);
  if (chat.kicked.has(viewer.id)) {
    return { _: "channelForbidden", id: chat.id, title: chat.title, access_hash: accessHash, megagroup: true };
  }
  return {
    _: "channel",
    ...common,
    access_hash: accessHash,
    username: chat.username,
    broadcast: chat.kind === "channel",
    megagroup: chat.kind === "supergroup",
    forum: chat.isForum,
    slowmode_enabled: chat.slowMode > 0,
    join_to_send: chat.joinToSend,
    join_request: chat.joinRequests,
    banned_rights: restrictions && bannedRightsView(restrictions),
    send_paid_messages_stars: chat.paidMessageStars || undefined,
  };
}
