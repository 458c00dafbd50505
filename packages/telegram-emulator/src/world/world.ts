import { hash } from "node:crypto";
import { EventEmitter } from "node:events";
import { AccessHashes } from "./access-hashes.ts";
import { Account, type AccountOptions, type AccountWorld, type KeyEnd } from "./account.ts";
import { ApiIds } from "./api-ids.ts";
import { AuthKey, deterministicAuthKey } from "./auth-key.ts";
import { Chat, type ChatWorld, type Message } from "./chat.ts";
import type { ChannelOptions, ChatOptions, InviteOptions, SupergroupOptions } from "./chat-options.ts";
import { ExportedAuthorizations } from "./exported-authorizations.ts";
import { FloodModel } from "./flood.ts";
import { parseMarkedId } from "./ids.ts";
import { Invites } from "./invites.ts";
import { KeyRing } from "./key-ring.ts";
import { type LoginToken, LoginTokens } from "./login-tokens.ts";
import { Memberships } from "./memberships.ts";
import type { Media, MediaKind } from "./message.ts";
import { RandomIds } from "./random-ids.ts";
import { SlowMode } from "./slow-mode.ts";

export interface WorldOptions {
  /** Auth keys, access hashes and invite links follow from it. @default 1 */
  readonly seed?: number;
  /** @default 2 */
  readonly defaultDc?: number;
}

/** The update of a new message: for whom it counts, and under which pts. */
export interface NewMessage {
  readonly message: Message;
  /** pts in the chat's own box, for channels and supergroups. */
  readonly chatPts: number | undefined;
  /** pts in each member's box, for the other chats. */
  readonly memberPts: ReadonlyMap<number, number> | undefined;
}

const FIRST_ACCOUNT_ID = 7_000_000_001;
const FIRST_CHANNEL_ID = 2_000_000_001;
const FIRST_BASIC_GROUP_ID = 400_000_001;

/** Everything that Telegram knows: accounts, chats, messages, keys. It knows nothing of connections. */
export class World
  extends EventEmitter<{ message: [NewMessage]; loginToken: [LoginToken] }>
  implements AccountWorld, ChatWorld
{
  readonly seed: number;
  readonly defaultDc: number;
  readonly keys = new KeyRing();
  readonly loginTokens = new LoginTokens();
  readonly exportedAuthorizations = new ExportedAuthorizations();
  readonly apiIds = new ApiIds();
  readonly flood = new FloodModel();
  readonly randomIds = new RandomIds();
  readonly slowMode = new SlowMode();
  readonly invites = new Invites(() => this.derive("invite", this.nextSerial()).toString("base64url").slice(0, 16));
  readonly memberships = new Memberships();
  readonly accounts = new Map<number, Account>();
  /** By marked id. Private chats are not here: see `privateChat`. */
  readonly chats = new Map<number, Chat>();
  private readonly privateChats = new Map<string, Chat>();
  private readonly phones = new Map<string, Account>();
  private readonly usernames = new Map<string, Account | Chat>();
  private readonly accessHashes = new AccessHashes((purpose, peer) =>
    this.derive(`${purpose} ${peer instanceof Chat ? "chat" : "user"}`, peer.id).readBigInt64LE(0),
  );
  private serial = 0;
  private commonMessageId = 0;
  /** Seconds that the server's clock is ahead of the machine's. */
  clockSkew = 0;

  constructor(options: WorldOptions = {}) {
    super();
    this.seed = options.seed ?? 1;
    this.defaultDc = options.defaultDc ?? 2;
    this.setMaxListeners(0);
  }

  /** Milliseconds since 1970 by the server's clock. */
  now(): number {
    return Date.now() + this.clockSkew * 1000;
  }

  nowSeconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** @throws Error when the id, phone or username is taken */
  account(options: AccountOptions): Account {
    const id = options.id ?? this.freeId(this.accounts, FIRST_ACCOUNT_ID, (n) => n);
    if (this.accounts.has(id)) throw new Error(`account ${id} exists already`);
    const account = new Account(this, { ...options, id, dc: options.dc ?? this.defaultDc });
    if (account.phone === "") throw new Error(`account ${id} needs a phone number with digits`);
    if (this.accountByPhone(account.phone))
      throw new Error(`the phone number of account ${id} belongs to another account`);
    if (account.username) this.takeUsername(account.username, account);
    this.accounts.set(id, account);
    this.phones.set(account.phone, account);
    account.authKey();
    return account;
  }

  accountByPhone(phone: string): Account | undefined {
    return this.phones.get(phone.replace(/\D/g, ""));
  }

  /** A broadcast channel, whose posts only admins write. */
  channel(options: ChannelOptions): Chat {
    const chat = this.addChat("channel", options);
    for (const text of options.posts ?? []) chat.post(text);
    return chat;
  }

  supergroup(options: SupergroupOptions): Chat {
    return this.addChat("supergroup", options);
  }

  basicGroup(options: ChatOptions): Chat {
    return this.addChat("basicGroup", options);
  }

  /**
   * Turns a basic group into a supergroup with the same members, as Telegram does when one grows. The old group keeps its
   * history and takes no more messages: https://core.telegram.org/api/channel#migration
   * @throws Error when it is no basic group, or has migrated already
   */
  migrate(group: Chat, options: Omit<SupergroupOptions, "title" | "members" | "admins"> = {}): Chat {
    if (group.kind !== "basicGroup") throw new Error(`${group.title} is no basic group`);
    if (group.migratedTo) throw new Error(`${group.title} is the supergroup ${group.migratedTo.markedId} already`);
    const { title, id: chatId, bannedRights, noforwards } = group;
    const grown = this.supergroup({ bannedRights, noforwards, ...options, title });
    for (const { account, role } of group.members.values()) grown.add(account, role);
    group.store({ text: "", service: { kind: "chatMigrateTo", channelId: grown.id } });
    grown.migratedFrom = { chat: group, lastMessageId: group.lastMessage?.id ?? 0 };
    grown.store({ text: "", service: { kind: "channelMigrateFrom", chatId, title } });
    group.migratedTo = grown;
    return grown;
  }

  private addChat(kind: Chat["kind"], options: SupergroupOptions): Chat {
    const first = kind === "basicGroup" ? FIRST_BASIC_GROUP_ID : FIRST_CHANNEL_ID;
    const chatId =
      options.id ?? this.freeId(this.chats, first, (n) => (kind === "basicGroup" ? -n : -1_000_000_000_000 - n));
    const chat = new Chat(this, kind, { ...options, id: chatId });
    if (this.chats.has(chat.markedId)) throw new Error(`chat ${chat.markedId} exists already`);
    if (chat.username) this.takeUsername(chat.username, chat);
    this.chats.set(chat.markedId, chat);
    return chat;
  }

  /** The chat of two accounts, or of one account with itself (Saved Messages). */
  privateChat(one: Account, two: Account): Chat {
    const key = one.id < two.id ? `${one.id}:${two.id}` : `${two.id}:${one.id}`;
    let chat = this.privateChats.get(key);
    if (!chat) {
      chat = new Chat(this, "private", { id: 0, title: "", members: [one, two] });
      this.privateChats.set(key, chat);
    }
    return chat;
  }

  /** By marked id: an account, or a chat. */
  peer(markedId: number): Account | Chat | undefined {
    return parseMarkedId(markedId).kind === "user" ? this.accounts.get(markedId) : this.chats.get(markedId);
  }

  byUsername(username: string): Account | Chat | undefined {
    return this.usernames.get(username.toLowerCase());
  }

  /** Gives a @name to a chat or account, whoever had it until now. Undefined takes its own away: a chat is private then. */
  rename(owner: Account | Chat, username: string | undefined): void {
    if (owner.username !== undefined) this.usernames.delete(owner.username.toLowerCase());
    owner.username = username;
    if (username === undefined) return;
    const former = this.byUsername(username);
    if (former) former.username = undefined;
    this.usernames.set(username.toLowerCase(), owner);
  }

  private takeUsername(username: string, owner: Account | Chat): void {
    const key = username.toLowerCase();
    if (this.usernames.has(key)) throw new Error(`the username ${username} is taken`);
    this.usernames.set(key, owner);
  }

  /** Plays the phone that scans a QR code, and tells the waiting client. */
  acceptLoginToken(token: LoginToken, account: Account): void {
    token.acceptedBy = account;
    this.emit("loginToken", token);
  }

  accessHash(viewer: Account, peer: Account | Chat): bigint {
    return this.accessHashes.of(viewer, peer);
  }

  /**
   * Gives a peer a new access hash: the old one is answered CHANNEL_INVALID, or PEER_ID_INVALID for a user.
   * @param viewer the account whose hash it is @default every account
   */
  renewAccessHash(peer: Account | Chat, viewer?: Account): void {
    for (const account of viewer ? [viewer] : this.accounts.values()) this.accessHashes.renew(account, peer);
  }

  /** @internal */
  authKey(account: Account, n: number): Buffer {
    const key = deterministicAuthKey(this.seed, account.id, n);
    const { dc } = account;
    if (!this.keys.find(key)) this.keys.add(new AuthKey({ key, dc, salt: key.readBigInt64LE(0), account }));
    return key;
  }

  /** @internal */
  revokeKeys(account: Account, n: number | undefined, how: KeyEnd): void {
    const only = n === undefined ? undefined : this.keys.find(this.authKey(account, n));
    for (const key of only ? [only] : this.keys.of(account)) key.end(how);
  }

  /** @internal */
  joined(account: Account, chat: Chat): void {
    this.memberships.add(account, chat);
  }

  /** @internal */
  left(account: Account, chat: Chat): void {
    this.memberships.remove(account, chat);
  }

  /** @internal */
  invite(chat: Chat, options: InviteOptions): string {
    return this.invites.create(chat, options);
  }

  private derive(what: string, n: number): Buffer {
    return hash("sha256", `${this.seed} ${what} ${n}`, "buffer");
  }

  media(kind: MediaKind): Media {
    return { kind, id: this.nextSerial() };
  }

  nextGroupedId(): bigint {
    return 13_000_000_000_000_000n + BigInt(this.nextSerial());
  }

  /** @internal */
  nextCommonMessageId(): number {
    return ++this.commonMessageId;
  }

  /** @internal Counts a new message in the boxes of those who see it, and emits `message`. */
  announce(message: Message): void {
    const { chat } = message;
    if (chat.isChannelPeer) {
      this.emit("message", { message, chatPts: chat.box.add(message), memberPts: undefined });
      return;
    }
    const memberPts = new Map<number, number>();
    for (const member of chat.members.values())
      memberPts.set(member.account.id, this.memberships.boxOf(member.account).add(message));
    this.emit("message", { message, chatPts: undefined, memberPts });
  }

  private nextSerial(): number {
    return ++this.serial;
  }

  private freeId(taken: ReadonlyMap<number, unknown>, first: number, mark: (n: number) => number): number {
    let id = first + taken.size;
    while (taken.has(mark(id))) id++;
    return id;
  }
}
