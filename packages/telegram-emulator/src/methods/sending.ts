import type { AccountContext, Answer, Methods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { View } from "../views/messages.ts";
import type { Chat, Message } from "../world/chat.ts";
import { hasLink } from "../world/links.ts";
import type { Media } from "../world/message.ts";
import { type Draft, type PostRequest, post } from "../world/posting.ts";
import { type InputPeer, resolveChat } from "./input-peer.ts";

/** https://limits.tginfo.me and core.telegram.org/api/config: the most characters of a message, and of messages in one forward. */
const MAX_TEXT_CHARACTERS = 4096;
const MAX_FORWARDS = 100;

interface SendMessage {
  readonly peer: InputPeer;
  readonly message: string;
  readonly random_id: bigint;
  readonly silent?: boolean;
  readonly no_webpage?: boolean;
  readonly entities?: readonly TlObject[];
  readonly allow_paid_stars?: bigint;
  readonly reply_to?: TlObject & { readonly reply_to_msg_id?: number; readonly top_msg_id?: number };
  /** Layers before 151. */
  readonly reply_to_msg_id?: number;
  readonly top_msg_id?: number;
}

function sendMessage(context: AccountContext, params: SendMessage): Answer {
  const chat = resolveChat(context, params.peer);
  checkText(params.message);
  return send(context, {
    ...replyOf(chat, params),
    account: context.account,
    chat,
    drafts: [{ randomId: params.random_id, text: params.message, preview: hasPreview(params) }],
    silent: params.silent ?? false,
    allowPaidStars: Number(params.allow_paid_stars ?? 0),
  });
}

interface SendMedia extends SendMessage {
  readonly media: TlObject;
}

function sendMedia(context: AccountContext, params: SendMedia): Answer {
  const chat = resolveChat(context, params.peer);
  return send(context, {
    ...replyOf(chat, params),
    account: context.account,
    chat,
    drafts: [
      { randomId: params.random_id, text: params.message, preview: false, media: mediaOf(context, params.media) },
    ],
    silent: params.silent ?? false,
    allowPaidStars: Number(params.allow_paid_stars ?? 0),
  });
}

interface ForwardMessages {
  readonly from_peer: InputPeer;
  readonly to_peer: InputPeer;
  readonly id: readonly number[];
  readonly random_id: readonly bigint[];
  readonly top_msg_id?: number;
  readonly drop_author?: boolean;
  readonly silent?: boolean;
  readonly allow_paid_stars?: bigint;
}

function forwardMessages(context: AccountContext, params: ForwardMessages): Answer {
  const { account } = context;
  if (params.id.length === 0) throw new RpcError(400, "MESSAGE_IDS_EMPTY");
  if (params.id.length !== params.random_id.length) throw new RpcError(400, "RANDOM_ID_INVALID");
  if (params.id.length > MAX_FORWARDS) throw new RpcError(400, "MESSAGE_ID_INVALID");
  const target = resolveChat(context, params.to_peer);
  const source = resolveChat(context, params.from_peer);
  return send(context, {
    account,
    chat: target,
    drafts: draftsOf(context, source, target, params),
    topicId: params.top_msg_id,
    dropAuthor: params.drop_author ?? false,
    silent: params.silent ?? false,
    allowPaidStars: Number(params.allow_paid_stars ?? 0),
  });
}

/** Sources that are gone are left out, and an error only when none is left; a repeated random_id needs no source. */
function draftsOf({ account, world }: AccountContext, source: Chat, target: Chat, params: ForwardMessages): Draft[] {
  const drafts: Draft[] = [];
  params.id.forEach((id, index) => {
    const randomId = params.random_id[index] as bigint;
    if (world.randomIds.find(account, target, randomId)) {
      drafts.push({ randomId, text: "", preview: false });
      return;
    }
    const original = source.messages.get(id);
    if (!original || original.service) return;
    if (source.noforwards || original.noforwards) throw new RpcError(400, "CHAT_FORWARDS_RESTRICTED");
    const { text, preview, media } = original;
    drafts.push({ randomId, text, preview, media, source: original });
  });
  if (drafts.length === 0) throw new RpcError(400, "MESSAGE_ID_INVALID");
  return drafts;
}

function hasPreview({ message, no_webpage, entities }: SendMessage): boolean {
  if (no_webpage) return false;
  return hasLink(message) || (entities ?? []).some((entity) => entity._ === "messageEntityTextUrl");
}

function checkText(text: string): void {
  if (text.trim() === "") throw new RpcError(400, "MESSAGE_EMPTY");
  if (Array.from(text).length > MAX_TEXT_CHARACTERS) throw new RpcError(400, "MESSAGE_TOO_LONG");
}

function replyOf(chat: Chat, params: SendMessage): { topicId?: number; replyTo?: number } {
  const replyTo = params.reply_to?.reply_to_msg_id ?? params.reply_to_msg_id;
  const top = params.reply_to?.top_msg_id ?? params.top_msg_id;
  if (!chat.isForum || replyTo === undefined) return replyTo === undefined ? {} : { replyTo };
  // In a forum, a reply to a topic's first message is a post in that topic.
  const topicId = top ?? (chat.topics.has(replyTo) ? replyTo : chat.messages.get(replyTo)?.topicId);
  return { ...(topicId !== undefined && { topicId }), ...(topicId !== replyTo && { replyTo }) };
}

function mediaOf(context: AccountContext, media: TlObject): Media {
  const kind = media._.includes("Photo") ? "photo" : media._.includes("Document") ? "document" : undefined;
  if (!kind) throw new RpcError(400, "MEDIA_INVALID");
  return context.world.media(kind);
}

function send(context: AccountContext, request: PostRequest): Answer {
  const { messages, created } = post(context.world, request);
  for (const message of created) {
    const source = request.drafts.find((draft) => draft.randomId === message.randomId)?.source;
    context.record.add({
      accountId: context.account.id,
      chatId: message.chat.kind === "private" ? message.chat.other(context.account).id : message.chat.markedId,
      messageId: message.id,
      randomId: String(message.randomId),
      ...(source && { source: { chatId: source.chat.markedId, messageId: source.id } }),
      text: message.text,
      at: Date.now(),
      connectionId: context.connection.id,
    });
  }
  return sentUpdates(context, messages);
}

/** What the sender gets: which random_id became which message, and the messages as updates. */
function sentUpdates(context: AccountContext, messages: readonly Message[]): Answer {
  const view = new View(context);
  const updates: TlObject[] = messages.map((message) => ({
    _: "updateMessageID",
    id: message.id,
    random_id: message.randomId,
  }));
  for (const message of messages) updates.push(newMessageUpdate(view, message, ptsOf(context, message)));
  return { _: "updates", updates, ...view.peers(), date: context.world.nowSeconds(), seq: 0 };
}

function ptsOf(context: AccountContext, message: Message): number {
  const box = message.chat.isChannelPeer ? message.chat.box : context.world.memberships.boxOf(context.account);
  return box.ptsOf(message) ?? box.pts;
}

export function newMessageUpdate(view: View, message: Message, pts: number): TlObject {
  const name = message.chat.isChannelPeer ? "updateNewChannelMessage" : "updateNewMessage";
  return { _: name, message: view.message(message), pts, pts_count: 1 };
}

export const sendingMethods = {
  "messages.sendMessage": sendMessage,
  "messages.sendMedia": sendMedia,
  "messages.forwardMessages": forwardMessages,
} satisfies Methods;
