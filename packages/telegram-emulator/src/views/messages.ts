import type { TlObject } from "../tl/codec.ts";
import type { Account } from "../world/account.ts";
import { Chat, GENERAL_TOPIC_ID, type Message } from "../world/chat.ts";
import type { Media, ServiceAction } from "../world/message.ts";
import type { World } from "../world/world.ts";
import { chatView, peerOf, peerOfMarkedId, userView } from "./peers.ts";

const MIME_TYPES: Record<Exclude<Media["kind"], "photo">, string> = {
  video: "video/mp4",
  document: "application/pdf",
  audio: "audio/mpeg",
  voice: "audio/ogg",
  sticker: "image/webp",
  gif: "video/mp4",
};

const FILE_BYTES = 1024;

/** Builds what one account sees, and collects the users and chats that it mentions. */
export class View {
  private readonly viewer: Account;
  private readonly world: World;
  private readonly mentioned = new Set<Account | Chat>();

  constructor({ account, world }: { readonly account: Account; readonly world: World }) {
    this.viewer = account;
    this.world = world;
  }

  mention(...peers: (Account | Chat | undefined)[]): void {
    for (const peer of peers) {
      if (peer instanceof Chat && peer.kind === "private")
        this.mention(...[...peer.members.values()].map((m) => m.account));
      else if (peer) this.mentioned.add(peer);
    }
  }

  /** `users` and `chats`, as most answers end with. */
  peers(): { users: TlObject[]; chats: TlObject[] } {
    const users: TlObject[] = [];
    const chats: TlObject[] = [];
    for (const peer of this.mentioned) {
      if (peer instanceof Chat) chats.push(chatView(peer, this.viewer));
      else users.push(userView(peer, this.viewer));
    }
    return { users, chats };
  }

  peer(peer: Account | Chat): TlObject {
    return peerOf(peer, this.viewer);
  }

  message(message: Message): TlObject {
    const { chat } = message;
    this.mention(chat);
    if (message.accountId !== undefined) this.mention(this.world.accounts.get(message.accountId));
    const isPost = chat.kind === "channel";
    if (message.service) {
      return {
        _: "messageService",
        id: message.id,
        peer_id: peerOf(chat, this.viewer),
        date: message.date,
        action: actionView(message.service),
      };
    }
    return {
      _: "message",
      id: message.id,
      out: message.accountId === this.viewer.id,
      post: isPost,
      from_id: isPost ? undefined : this.sender(message),
      peer_id: peerOf(chat, this.viewer),
      fwd_from: this.forward(message),
      reply_to: replyTo(message),
      date: message.date,
      message: message.text,
      media: message.media && mediaView(message.media, message.date),
      grouped_id: message.groupedId,
      silent: message.silent,
      noforwards: message.noforwards,
      views: isPost ? 1 : undefined,
      forwards: isPost ? 0 : undefined,
    };
  }

  private sender(message: Message): TlObject {
    return message.accountId === undefined
      ? peerOf(message.chat, this.viewer)
      : { _: "peerUser", user_id: message.accountId };
  }

  private forward(message: Message): TlObject | undefined {
    const { forward } = message;
    if (!forward) return undefined;
    const origin = forward.accountId ?? forward.chatId;
    this.mention(this.world.peer(origin));
    return {
      _: "messageFwdHeader",
      from_id: peerOfMarkedId(origin),
      date: forward.date,
      channel_post: forward.accountId === undefined ? forward.messageId : undefined,
    };
  }
}

function actionView(action: ServiceAction): TlObject {
  switch (action.kind) {
    case "chatMigrateTo":
      return { _: "messageActionChatMigrateTo", channel_id: action.channelId };
    case "channelMigrateFrom":
      return { _: "messageActionChannelMigrateFrom", title: action.title, chat_id: action.chatId };
    default:
      return action satisfies never;
  }
}

function replyTo(message: Message): TlObject | undefined {
  const { topicId, replyTo: replied } = message;
  const inTopic = topicId !== undefined && topicId !== GENERAL_TOPIC_ID;
  if (!inTopic && replied === undefined) return undefined;
  return {
    _: "messageReplyHeader",
    forum_topic: inTopic,
    reply_to_msg_id: replied ?? topicId,
    reply_to_top_id: inTopic && replied !== undefined ? topicId : undefined,
  };
}

function mediaView(media: Media, date: number): TlObject {
  const file = { id: media.id, access_hash: media.id, file_reference: Buffer.alloc(8), date, dc_id: 2 };
  if (media.kind === "photo") {
    const sizes = [{ _: "photoSize", type: "x", w: 640, h: 480, size: FILE_BYTES }];
    return { _: "messageMediaPhoto", photo: { _: "photo", ...file, sizes } };
  }
  return {
    _: "messageMediaDocument",
    document: {
      _: "document",
      ...file,
      mime_type: MIME_TYPES[media.kind],
      size: FILE_BYTES,
      attributes: [{ _: "documentAttributeFilename", file_name: media.kind }],
    },
  };
}
