import type { Account } from "./account.ts";
import type { ChatKind, ChatSettings, InviteOptions, SupergroupOptions, TopicOptions } from "./chat-options.ts";
import { markedBasicGroupId, markedChannelId } from "./ids.ts";
import { hasLink } from "./links.ts";
import type { Media, MediaKind, MessageContent } from "./message.ts";
import type { BannedRights, DefaultBannedRights } from "./rights.ts";
import { UpdateBox } from "./update-box.ts";

export interface Topic {
  readonly id: number;
  readonly title: string;
  closed: boolean;
  deleted: boolean;
}

export interface Member {
  readonly account: Account;
  role: "member" | "admin" | "creator";
  /** Seconds since 1970. */
  readonly joinedAt: number;
}

export interface Message extends MessageContent {
  readonly id: number;
  readonly chat: Chat;
  /** Seconds since 1970. */
  readonly date: number;
}

/** What a chat needs of the world that it is in. */
export interface ChatWorld {
  /** Milliseconds since 1970 by the server's clock. */
  now(): number;
  nowSeconds(): number;
  accessHash(viewer: Account, chat: Chat): bigint;
  media(kind: MediaKind): Media;
  nextGroupedId(): bigint;
  /** Private chats and basic groups share one numbering of messages. */
  nextCommonMessageId(): number;
  joined(account: Account, chat: Chat): void;
  left(account: Account, chat: Chat): void;
  announce(message: Message): void;
  invite(chat: Chat, options: InviteOptions): string;
}

export const GENERAL_TOPIC_ID = 1;

/** A channel, supergroup, basic group, or the private chat of two accounts. */
export class Chat {
  private readonly world: ChatWorld;
  readonly kind: ChatKind;
  readonly id: number;
  title: string;
  /** Changed by `world.rename()`. */
  username: string | undefined;
  noforwards = false;
  slowMode = 0;
  /** What no ordinary member may do; groups that close for the night set it in the evening. */
  bannedRights: DefaultBannedRights = {};
  readonly topics = new Map<number, Topic>();
  joinRequests = false;
  joinToSend = false;
  paidMessageStars = 0;
  readonly date: number;
  readonly members = new Map<number, Member>();
  /** Accounts that an admin removed: to them the chat does not exist. */
  readonly kicked = new Set<number>();
  /** What single accounts may not do, also after they have left and joined again. */
  private readonly restrictions = new Map<number, BannedRights>();
  /** Accounts that asked to join. */
  readonly requests = new Set<number>();
  readonly messages = new Map<number, Message>();
  /** Channels and supergroups number their updates themselves; other chats use the members' boxes. */
  readonly box = new UpdateBox<Message>();
  /** Where a basic group went on as a supergroup. */
  migratedTo: Chat | undefined;
  /** The basic group that a supergroup was, and its last message then. */
  migratedFrom: { readonly chat: Chat; readonly lastMessageId: number } | undefined;
  private lastMessageId = 0;

  /** @internal use the world's builders */
  constructor(world: ChatWorld, kind: ChatKind, options: SupergroupOptions & { id: number }) {
    this.world = world;
    this.kind = kind;
    this.id = options.id;
    this.title = options.title;
    this.username = options.username;
    this.change(options);
    this.date = world.nowSeconds();
    for (const account of options.admins ?? []) this.add(account, "admin");
    for (const account of options.members ?? []) this.add(account);
    if (options.topics) this.topic({ id: GENERAL_TOPIC_ID, title: "General" });
    for (const topic of options.topics ?? []) this.topic(topic);
  }

  /** Channels and supergroups are one kind of peer on the wire. */
  get isChannelPeer(): boolean {
    return this.kind === "channel" || this.kind === "supergroup";
  }

  /** `-100…` for channels and supergroups, `-…` for basic groups. */
  get markedId(): number {
    return this.isChannelPeer ? markedChannelId(this.id) : markedBasicGroupId(this.id);
  }

  /** The chat's access hash for one account; no use to another. */
  accessHash(viewer: Account): bigint {
    return this.world.accessHash(viewer, this);
  }

  get isForum(): boolean {
    return this.topics.size > 0;
  }

  /** Sets what is given, and leaves the rest as it is. */
  change(settings: ChatSettings): void {
    this.noforwards = settings.noforwards ?? this.noforwards;
    this.slowMode = settings.slowMode ?? this.slowMode;
    this.bannedRights = settings.bannedRights ?? this.bannedRights;
    this.joinRequests = settings.joinRequests ?? this.joinRequests;
    this.joinToSend = settings.joinToSend ?? this.joinToSend;
    this.paidMessageStars = settings.paidMessageStars ?? this.paidMessageStars;
  }

  add(account: Account, role: Member["role"] = "member"): Member {
    const known = this.members.get(account.id);
    if (known) return known;
    const member: Member = { account, role, joinedAt: this.world.nowSeconds() };
    this.members.set(account.id, member);
    this.requests.delete(account.id);
    this.world.joined(account, this);
    return member;
  }

  remove(account: Account): void {
    this.members.delete(account.id);
    this.world.left(account, this);
  }

  /** Removes an account and keeps it out. */
  kick(account: Account): void {
    this.remove(account);
    this.kicked.add(account.id);
  }

  /** Restricts one account, for good or until a time; undefined ends it: https://core.telegram.org/api/rights */
  restrict(account: Account, rights: BannedRights | undefined): void {
    if (rights) this.restrictions.set(account.id, rights);
    else this.restrictions.delete(account.id);
  }

  /** What this account may not do now, besides what nobody may. */
  restrictionsOf(account: Account): BannedRights | undefined {
    const rights = this.restrictions.get(account.id);
    return rights && (rights.until ?? Number.POSITIVE_INFINITY) > this.world.now() ? rights : undefined;
  }

  topic(options: TopicOptions): Topic {
    const id = options.id ?? this.nextMessageId();
    this.lastMessageId = Math.max(this.lastMessageId, id);
    const topic = { id, title: options.title, closed: options.closed ?? false, deleted: options.deleted ?? false };
    this.topics.set(id, topic);
    return topic;
  }

  /** A link with which accounts can join: the hash of `t.me/+<hash>`. */
  invite(options: InviteOptions = {}): string {
    return this.world.invite(this, options);
  }

  /** Posts as the chat itself (a channel's post, an anonymous admin of a group). @returns the message id */
  post(text: string, media?: MediaKind): number {
    return this.store({ accountId: undefined, text, media: media && this.world.media(media) }).id;
  }

  /** Posts an album. @returns its message ids */
  postAlbum(items: readonly { readonly kind: MediaKind; readonly text?: string }[]): number[] {
    const groupedId = this.world.nextGroupedId();
    return items.map((item) => {
      const media: Media = this.world.media(item.kind);
      return this.store({ accountId: undefined, text: item.text ?? "", media, groupedId }).id;
    });
  }

  /** Puts a message into the chat and tells its members. Rights are not checked here. */
  store(content: Partial<MessageContent> & { readonly text: string }): Message {
    const message: Message = {
      accountId: undefined,
      media: undefined,
      preview: content.media === undefined && hasLink(content.text),
      groupedId: undefined,
      forward: undefined,
      topicId: undefined,
      replyTo: undefined,
      silent: false,
      noforwards: false,
      randomId: undefined,
      service: undefined,
      ...content,
      id: this.nextMessageId(),
      chat: this,
      date: this.world.nowSeconds(),
    };
    this.messages.set(message.id, message);
    this.world.announce(message);
    return message;
  }

  delete(messageId: number): boolean {
    return this.messages.delete(messageId);
  }

  get lastMessage(): Message | undefined {
    return this.messages.get(this.lastMessageId);
  }

  private nextMessageId(): number {
    // Private chats and basic groups number messages per account; one number for all of them is consistent for each.
    this.lastMessageId = this.isChannelPeer ? this.lastMessageId + 1 : this.world.nextCommonMessageId();
    return this.lastMessageId;
  }

  /** The two accounts of a private chat, seen from one of them. */
  other(account: Account): Account {
    for (const member of this.members.values()) if (member.account !== account) return member.account;
    return account;
  }
}
