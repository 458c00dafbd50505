import { parsePostLink, splitReference } from "@herald/contract";
import type { Delivery, LaneTarget, Session } from "../model/domain.ts";
import type { Peer, Refusal, ResolvedChat } from "../model/outcome.ts";
import type { Clock, TelegramClient, Transaction } from "../ports/index.ts";

/** Where a post goes. `topicId` 0: to the chat itself. */
export interface Target {
  kind: "target";
  peer: Peer;
  chatId: string;
  topicId: number;
}

/** What is forwarded. */
export interface Source {
  kind: "source";
  peer: Peer;
  messageId: number;
}

/** Runs a transaction, waiting while PostgreSQL is away. */
type Store = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** The group, its topic or its link is at fault, whoever posts. */
const groupAtFault = (code: string): Refusal => ({
  kind: "group_refused",
  scope: "group",
  suspect: false,
  ends: { kind: "never" },
  stalePeer: false,
  code,
});

/** Where a spelling leads in its chat: a number behind a name is a topic where the chat has topics, and else a message in it. */
const placeIn = ({ peer, chatId, forum }: ResolvedChat, number: number | undefined) => ({
  peer,
  chatId,
  topicId: forum ? (number ?? 0) : 0,
});

/** Finds chats for one session: what it knows already from the store, the rest from Telegram once (look-ups are costly). */
export class LaneAddresses {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #session: Session;
  #targets = new Map<string, LaneTarget>();
  /** by reference, the peer that was refused as out of date and is looked up anew: once is enough */
  readonly #stale = new Map<string, Peer>();

  constructor(store: Store, clock: Clock, session: Session) {
    this.#store = store;
    this.#clock = clock;
    this.#session = session;
  }

  /** Reads what the store knows of these groups. */
  async load(groupIds: string[]): Promise<void> {
    this.#targets = await this.#store((tx) => tx.sessionChats.targets(this.#session.id, groupIds));
  }

  /** What the group is called, for people. */
  name(groupId: string): string {
    return this.#targets.get(groupId)?.reference ?? "the group";
  }

  /** Telegram answers no search for a name before `until`, nor in another lane of the session. */
  lookupsWait(until: Date): void {
    this.#session.lookupsWaitUntil = until;
  }

  async source(client: TelegramClient, postLink: string): Promise<Source | Refusal> {
    const link = parsePostLink(postLink);
    if (!link.ok) return { kind: "content_refused", code: "POST_LINK_INVALID" };
    const { channel, messageId } = link;
    const known = await this.#store((tx) => tx.sessionChats.peer(this.#session.id, channel));
    if (known !== null) return { kind: "source", peer: known, messageId };
    const found = await this.#lookUp(client, channel);
    // what nobody finds; one that is closed to this session may be open to the others
    if (found.kind === "group_refused" && found.scope === "group") return { kind: "content_refused", code: found.code };
    if (found.kind !== "resolved") return found;
    await this.#store((tx) => tx.sessionChats.found(this.#session.id, channel, found.chat));
    return { kind: "source", peer: found.chat.peer, messageId };
  }

  /** Forgets the peer of the post's channel, which may be out of date. @returns false when that was done before */
  renewSource(postLink: string, refused: Peer): Promise<boolean> {
    const link = parsePostLink(postLink);
    return link.ok ? this.#renew(link.channel, refused) : Promise.resolve(false);
  }

  async target(client: TelegramClient, { groupId }: Delivery): Promise<Target | Refusal> {
    const target = this.#targets.get(groupId);
    if (target === undefined) return groupAtFault("GROUP_REMOVED");
    const { reference, peer, chatId, topicId } = target;
    if (peer !== null && chatId !== null && topicId !== null)
      return target.placed
        ? { kind: "target", peer, chatId, topicId }
        : this.#place(target, { kind: "target", peer, chatId, topicId }, null);
    const { chat: base, number } = splitReference(reference);
    const found = await this.#lookUp(client, base);
    if (found.kind !== "resolved") return found;
    return this.#place(target, { kind: "target", ...placeIn(found.chat, number) }, found.chat);
  }

  /**
   * Forgets the peer of the group's chat, which may be out of date, for all its topics.
   * @returns false when that was done before: then it counts
   */
  async renewTarget(groupId: string): Promise<boolean> {
    const target = this.#targets.get(groupId);
    if (target?.peer == null) return false;
    const { chat: base } = splitReference(target.reference);
    if (!(await this.#renew(base, target.peer))) return false;
    this.#changeAll(base, () => ({ peer: null, placed: false }));
    return true;
  }

  async #renew(reference: string, refused: Peer): Promise<boolean> {
    if (this.#stale.has(reference)) return false;
    this.#stale.set(reference, refused);
    await this.#store((tx) => tx.sessionChats.forget(this.#session.id, reference));
    return true;
  }

  #lookUp(client: TelegramClient, reference: string) {
    const stale = this.#stale.get(reference);
    const { lookupsWaitUntil: until } = this.#session;
    return client.resolve(reference, {
      ...(stale !== undefined && { stale }),
      ...(until !== null && until > this.#clock.now() && { searchAfter: until }),
    });
  }

  async #place(target: LaneTarget, place: Target, chat: ResolvedChat | null): Promise<Target | Refusal> {
    const { groupId, reference } = target;
    const { chatId, topicId } = place;
    const { chat: base } = splitReference(reference);
    const twin = await this.#store(async (tx) => {
      if (chat !== null) await tx.sessionChats.found(this.#session.id, base, chat);
      return tx.groups.place(groupId, { chatId, topicId });
    });
    if (chat !== null) this.#changeAll(base, (number) => ({ ...placeIn(chat, number), placed: false }));
    if (twin !== null) return groupAtFault("SAME_CHAT_TWICE");
    this.#targets.set(groupId, { ...target, ...place, placed: true });
    return place;
  }

  /** What is found out or forgotten of a chat holds for all groups that its name leads to: the topics of a forum. */
  #changeAll(reference: string, change: (number: number | undefined) => Partial<LaneTarget>): void {
    for (const [groupId, target] of this.#targets) {
      const { chat, number } = splitReference(target.reference);
      if (chat === reference) this.#targets.set(groupId, { ...target, ...change(number) });
    }
  }
}
