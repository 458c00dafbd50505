import { RpcError } from "../rpc-error.ts";
import type { Account } from "./account.ts";
import { type Chat, GENERAL_TOPIC_ID, type Member } from "./chat.ts";
import type { ForwardHeader, Media, Message } from "./message.ts";
import { contentError } from "./rights.ts";

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

/**
 * Used random_ids, kept for good for each account and peer. A repeat gives the first call's message:
 * https://core.telegram.org/constructor/updateMessageID, and what Telegram's servers were seen to do.
 */
export class RandomIds {
  /**
   * What a repeat gets whose message stands already: that message, or the error of its kind (500), as servers of another
   * make give it: https://core.telegram.org/method/messages.sendMessage
   */
  repeatsGet: "message" | "RANDOM_ID_DUPLICATE" = "message";
  private readonly used = new Map<Account, Map<Chat, Map<bigint, Message>>>();
  private readonly inFlight = new Set<string>();

  find(account: Account, chat: Chat, randomId: bigint): Message | undefined {
    return this.used.get(account)?.get(chat)?.get(randomId);
  }

  keep(account: Account, chat: Chat, randomId: bigint, message: Message): void {
    const chats = this.used.get(account) ?? new Map<Chat, Map<bigint, Message>>();
    this.used.set(account, chats);
    const ids = chats.get(chat) ?? new Map<bigint, Message>();
    chats.set(chat, ids);
    ids.set(randomId, message);
  }

  get anyInFlight(): boolean {
    return this.inFlight.size > 0;
  }

  /** Marks ids whose call is still running. @returns undefined when one of them is running already */
  begin(account: Account, chatId: number, randomIds: readonly bigint[]): (() => void) | undefined {
    const keys = randomIds.map((id) => `${account.id} ${chatId} ${id}`);
    if (keys.some((key) => this.inFlight.has(key))) return undefined;
    for (const key of keys) this.inFlight.add(key);
    return () => {
      for (const key of keys) this.inFlight.delete(key);
    };
  }
}

/** Slow mode remembers each member's last message: https://core.telegram.org/api/channel#slow-mode */
export class SlowMode {
  private readonly lastSent = new Map<string, number>();

  /** Whole seconds still to wait, 0 when the member may send. */
  remaining(account: Account, chat: Chat, nowMs: number): number {
    const last = this.lastSent.get(`${account.id} ${chat.markedId}`);
    if (last === undefined || chat.slowMode === 0) return 0;
    return Math.max(0, Math.ceil((last + chat.slowMode * 1000 - nowMs) / 1000));
  }

  sent(account: Account, chat: Chat, nowMs: number): void {
    if (chat.slowMode > 0) this.lastSent.set(`${account.id} ${chat.markedId}`, nowMs);
  }
}

/** Makes the messages of one call, or refuses the whole call. @throws RpcError with the error that Telegram gives */
export function post(request: PostRequest): PostResult {
  const { account, chat, drafts } = request;
  const { randomIds, slowMode } = chat.world;
  const known = drafts.map((draft) => randomIds.find(account, chat, draft.randomId));
  const fresh = drafts.filter((_, index) => !known[index]);
  if (fresh.length < drafts.length && randomIds.repeatsGet === "RANDOM_ID_DUPLICATE")
    throw new RpcError(500, "RANDOM_ID_DUPLICATE");
  if (fresh.length === 0) return { messages: known as Message[], created: [] };

  const member = chat.members.get(account.id);
  checkRights(request, member);
  for (const draft of fresh) checkContent(request, member, draft);
  checkSlowMode(request, fresh, member, slowMode);

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
      groupedId: albumOf(chat, draft, albums),
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
  slowMode.sent(account, chat, chat.world.now());
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
function albumOf(chat: Chat, draft: Draft, albums: Map<bigint, bigint>): bigint | undefined {
  const old = draft.source?.groupedId;
  if (old === undefined) return undefined;
  const fresh = albums.get(old) ?? chat.world.nextGroupedId();
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

function checkSlowMode(
  request: PostRequest,
  fresh: readonly Draft[],
  member: Member | undefined,
  slowMode: SlowMode,
): void {
  const { account, chat } = request;
  if (chat.slowMode === 0 || member?.role !== "member") return;
  const seconds = slowMode.remaining(account, chat, chat.world.now());
  if (seconds > 0) throw new RpcError(420, `SLOWMODE_WAIT_${seconds}`);
  // Several messages at once are refused, unless they are one album.
  const albums = new Set(fresh.map((draft) => draft.source?.groupedId));
  if (fresh.length > 1 && (albums.size > 1 || albums.has(undefined)))
    throw new RpcError(400, "SLOWMODE_MULTI_MSGS_DISABLED");
}
