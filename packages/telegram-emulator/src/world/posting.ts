import { RpcError } from "../rpc-error.ts";
import type { Account } from "./account.ts";
import { type Chat, GENERAL_TOPIC_ID, type Member, type Message } from "./chat.ts";
import type { ForwardHeader, Media } from "./message.ts";
import { contentError } from "./rights.ts";
import type { World } from "./world.ts";

/** One message to be made: its own text, or a forward of `source`. */
export interface Draft {
  readonly randomId: bigint;
  readonly text: string;
  /** Shows a preview of a link in the text. */
  readonly preview: boolean;
  readonly media?: Media | undefined;
  readonly source?: Message | undefined;
}

export interface PostRequest {
  readonly account: Account;
  readonly chat: Chat;
  readonly drafts: readonly Draft[];
  readonly topicId?: number | undefined;
  readonly replyTo?: number | undefined;
  /** Forwards without the "forwarded from" header. */
  readonly dropAuthor?: boolean;
  readonly silent?: boolean;
  /** Stars that the sender agrees to pay for each message. */
  readonly allowPaidStars?: number;
}

export interface PostResult {
  readonly messages: readonly Message[];
  /** Messages that this very call made; a repeated random_id makes none. */
  readonly created: readonly Message[];
}

/** Makes the messages of one call, or refuses the whole call. @throws RpcError with the error that Telegram gives */
export function post(world: World, request: PostRequest): PostResult {
  const { account, chat, drafts } = request;
  const { randomIds, slowMode } = world;
  const known = drafts.map((draft) => randomIds.find(account, chat, draft.randomId));
  const fresh = drafts.filter((_, index) => !known[index]);
  if (fresh.length < drafts.length && randomIds.repeatsGet === "RANDOM_ID_DUPLICATE")
    throw new RpcError(500, "RANDOM_ID_DUPLICATE");
  if (fresh.length === 0) return { messages: known as Message[], created: [] };

  const member = chat.members.get(account.id);
  checkRights(request, member);
  for (const draft of fresh) checkContent(request, member, draft);
  checkSlowMode(world, request, fresh, member);

  const albums = new Map<bigint, bigint>();
  const created: Message[] = [];
  const messages = drafts.map((draft, index) => {
    const repeated = known[index];
    if (repeated) return repeated;
    const message = chat.store({
      accountId: account.id,
      text: draft.text,
      preview: draft.preview,
      media: draft.media,
      groupedId: albumOf(world, draft, albums),
      forward: request.dropAuthor || !draft.source ? undefined : forwardHeader(draft.source),
      topicId: chat.isForum ? (request.topicId ?? GENERAL_TOPIC_ID) : undefined,
      replyTo: request.replyTo,
      silent: request.silent ?? false,
      randomId: draft.randomId,
    });
    randomIds.keep(account, chat, draft.randomId, message);
    created.push(message);
    return message;
  });
  slowMode.sent(account, chat, world.now());
  return { messages, created };
}

function forwardHeader(source: Message): ForwardHeader {
  return (
    source.forward ?? {
      chatId: source.chat.markedId,
      messageId: source.id,
      accountId: source.accountId,
      date: source.date,
    }
  );
}

/** A forwarded album stays one, under a new number. */
function albumOf(world: World, draft: Draft, albums: Map<bigint, bigint>): bigint | undefined {
  const old = draft.source?.groupedId;
  if (old === undefined) return undefined;
  const fresh = albums.get(old) ?? world.nextGroupedId();
  albums.set(old, fresh);
  return fresh;
}

function checkRights(request: PostRequest, member: Member | undefined): void {
  const { account, chat } = request;
  const isAdmin = member !== undefined && member.role !== "member";
  if (chat.migratedTo) throw new RpcError(400, "CHAT_ID_INVALID");
  if (chat.kind === "private") {
    if (account.limitError === "PEER_FLOOD" && chat.other(account) !== account) throw new RpcError(400, "PEER_FLOOD");
    return;
  }
  if (account.limitError && !isAdmin) throw new RpcError(400, account.limitError);
  if (chat.kind === "channel" && !isAdmin) throw new RpcError(400, "CHAT_ADMIN_REQUIRED");
  if (!member) {
    if (chat.kind === "basicGroup") throw new RpcError(400, "PEER_ID_INVALID");
    throw new RpcError(403, chat.joinToSend ? "CHAT_GUEST_SEND_FORBIDDEN" : "CHAT_WRITE_FORBIDDEN");
  }
  if (isAdmin) return;
  if (chat.restrictionsOf(account)?.sendMessages) throw new RpcError(400, "USER_BANNED_IN_CHANNEL");
  if (chat.bannedRights.sendMessages) throw new RpcError(403, "CHAT_WRITE_FORBIDDEN");
  checkTopic(request);
  if (chat.paidMessageStars > (request.allowPaidStars ?? 0)) {
    throw new RpcError(403, `ALLOW_PAYMENT_REQUIRED_${chat.paidMessageStars}`);
  }
  // Accounts of the emulator own no Stars.
  if (chat.paidMessageStars > 0) throw new RpcError(400, "BALANCE_TOO_LOW");
}

function checkTopic({ chat, topicId, replyTo }: PostRequest): void {
  if (!chat.isForum) return;
  // A reply to a message that there is not leads to no topic.
  if (topicId === undefined && replyTo !== undefined) throw new RpcError(400, "MSG_ID_INVALID");
  const topic = chat.topics.get(topicId ?? GENERAL_TOPIC_ID);
  if (!topic || topic.deleted) throw new RpcError(400, "TOPIC_DELETED");
  if (topic.closed) throw new RpcError(400, "TOPIC_CLOSED");
}

function checkContent({ account, chat }: PostRequest, member: Member | undefined, draft: Draft): void {
  if (member?.role !== "member") return;
  const content = { media: draft.media?.kind, preview: draft.preview };
  const error = contentError(chat.bannedRights, content) ?? contentError(chat.restrictionsOf(account) ?? {}, content);
  if (error) throw new RpcError(403, error);
}

function checkSlowMode(world: World, request: PostRequest, fresh: readonly Draft[], member: Member | undefined): void {
  const { account, chat } = request;
  if (chat.slowMode === 0 || member?.role !== "member") return;
  const seconds = world.slowMode.remaining(account, chat, world.now());
  if (seconds > 0) throw new RpcError(420, `SLOWMODE_WAIT_${seconds}`);
  // Several messages at once are refused, unless they are one album.
  const albums = new Set(fresh.map((draft) => draft.source?.groupedId));
  if (fresh.length > 1 && (albums.size > 1 || albums.has(undefined)))
    throw new RpcError(400, "SLOWMODE_MULTI_MSGS_DISABLED");
}
