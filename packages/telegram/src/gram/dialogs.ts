import type { Refusal, Resolution, ResolvedChat } from "@herald/core";
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import { resolvedChat, usernamesOf } from "./peers.ts";

/** The most that messages.getDialogs gives at once. https://core.telegram.org/api/offsets */
const PAGE = 100;
/** Telegram lets an account be in at most 1,000 chats (Premium); private chats come on top. */
const MOST_PAGES = 100;

/**
 * So far they are read for a name, which Telegram could also be asked for, at a price (15 hours' waits were seen after 160
 * searches): an account is in at most 1,000 chats.
 */
const PAGES_FOR_A_NAME = 10;

/** Where the next page begins; undefined after the last. */
type Cursor = { date: number; id: number; peer: Api.TypeInputPeer } | undefined;

/** Asks Telegram under a deadline of ours; what goes wrong comes as a refusal. */
export type Invoke = <R extends Api.AnyRequest>(
  request: R,
) => Promise<{ kind: "result"; value: R["__response"] } | Refusal>;

/**
 * The account's own list of chats, which has the access hash of each: the only way to a chat of which just the id is known, and
 * the cheapest to one of which the name is. Read page by page, as far as the chat that is looked for, and kept.
 */
export class Dialogs {
  readonly #invoke: Invoke;
  readonly #chats = new Map<string, ResolvedChat>();
  readonly #names = new Map<string, ResolvedChat>();
  /** by the id of a supergroup, the basic group that it was */
  readonly #formers = new Map<string, string>();
  #cursor: Cursor = { date: 0, id: 0, peer: new Api.InputPeerEmpty() };
  #pages = 0;
  #reading: Promise<Refusal | undefined> | undefined;

  constructor(invoke: Invoke) {
    this.#invoke = invoke;
  }

  /** The chat with this marked id, or a refusal: NOT_A_MEMBER when the account's chats do not have it. */
  async find(chatId: string): Promise<Resolution> {
    const found = await this.#read(() => this.#chats.get(chatId), MOST_PAGES);
    return (
      found ?? {
        kind: "group_refused",
        scope: "pair",
        suspect: false,
        ends: { kind: "daily" },
        stalePeer: false,
        code: "NOT_A_MEMBER",
      }
    );
  }

  /** The chat with this name (without `@`), or a refusal; undefined when it is not among the first of the account's chats. */
  named(username: string): Promise<Resolution | undefined> {
    return this.#read(() => this.#names.get(username.toLowerCase()), PAGES_FOR_A_NAME);
  }

  /** Which basic group this supergroup was, as far as was read; undefined says nothing: the old dialog may be gone. */
  formerOf(chatId: string): string | undefined {
    return this.#formers.get(chatId);
  }

  /** Reads on, to at most so many pages in all, until `find` finds something. */
  async #read(find: () => ResolvedChat | undefined, pages: number): Promise<Resolution | undefined> {
    while (true) {
      const chat = find();
      if (chat !== undefined) return { kind: "resolved", chat };
      if (this.#cursor === undefined || this.#pages >= pages) return undefined;
      this.#reading ??= this.#readPage(this.#cursor).finally(() => {
        this.#reading = undefined;
      });
      const refusal = await this.#reading;
      if (refusal !== undefined) return refusal;
    }
  }

  async #readPage(from: NonNullable<Cursor>): Promise<Refusal | undefined> {
    const answer = await this.#invoke(
      new Api.messages.GetDialogs({
        offsetDate: from.date,
        offsetId: from.id,
        offsetPeer: from.peer,
        limit: PAGE,
        hash: bigInt.zero,
      }),
    );
    if (answer.kind !== "result") return answer;
    this.#pages += 1;
    this.#cursor = this.#take(answer.value);
    return undefined;
  }

  #take(page: Api.messages.TypeDialogs): Cursor {
    if (page instanceof Api.messages.DialogsNotModified) return undefined;
    for (const chat of page.chats) {
      // mentioned only (a forward's source), with an access hash for its picture alone: https://core.telegram.org/api/min
      if (chat instanceof Api.Channel && chat.min === true) continue;
      const resolved = resolvedChat(chat);
      if (resolved === undefined) continue;
      // A basic group that became a supergroup is found by its old id; what it says of the new chat is little.
      this.#chats.set(resolved.migratedFrom ?? resolved.chatId, resolved);
      if (resolved.migratedFrom !== null) this.#formers.set(resolved.chatId, resolved.migratedFrom);
      if (chat instanceof Api.Channel)
        for (const name of usernamesOf(chat)) this.#names.set(name.toLowerCase(), resolved);
    }
    return page instanceof Api.messages.Dialogs || page.dialogs.length < PAGE ? undefined : cursorAfter(page);
  }
}

/** The last dialog of the page of which message and access hash are there. */
function cursorAfter(page: Api.messages.DialogsSlice): Cursor {
  for (const dialog of page.dialogs.toReversed()) {
    const peer = inputPeerIn(page, dialog.peer);
    const top = page.messages.find(
      (message) => message.id === dialog.topMessage && samePeer(message.peerId, dialog.peer),
    );
    if (peer !== undefined && top !== undefined && !(top instanceof Api.MessageEmpty))
      return { date: top.date, id: top.id, peer };
  }
  return undefined;
}

function samePeer(one: Api.TypePeer | undefined, other: Api.TypePeer): boolean {
  if (one instanceof Api.PeerChannel) return other instanceof Api.PeerChannel && one.channelId.equals(other.channelId);
  if (one instanceof Api.PeerChat) return other instanceof Api.PeerChat && one.chatId.equals(other.chatId);
  return one !== undefined && other instanceof Api.PeerUser && one.userId.equals(other.userId);
}

function inputPeerIn(page: Api.messages.DialogsSlice, peer: Api.TypePeer): Api.TypeInputPeer | undefined {
  if (peer instanceof Api.PeerChat) return new Api.InputPeerChat({ chatId: peer.chatId });
  if (peer instanceof Api.PeerChannel) {
    const chat = page.chats.find((candidate) => candidate.id.equals(peer.channelId));
    if (!(chat instanceof Api.Channel || chat instanceof Api.ChannelForbidden)) return undefined;
    return new Api.InputPeerChannel({ channelId: chat.id, accessHash: chat.accessHash ?? bigInt.zero });
  }
  const user = page.users.find((candidate) => candidate.id.equals(peer.userId));
  if (!(user instanceof Api.User)) return undefined;
  return new Api.InputPeerUser({ userId: user.id, accessHash: user.accessHash ?? bigInt.zero });
}
