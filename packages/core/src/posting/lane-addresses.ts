import { parsePostLink, splitReference } from "@herald/contract";
import type { Delivery, LaneTarget, Session } from "../model/domain.ts";
import type { Peer, Refusal } from "../model/outcome.ts";
import type { TelegramClient, Transaction } from "../ports/index.ts";

/** Where a post goes. */
export interface Target {
  kind: "target";
  peer: Peer;
  chatId: string;
  topicId: number | undefined;
}

/** What is forwarded. */
export interface Source {
  kind: "source";
  peer: Peer;
  messageId: number;
}

/** Runs a transaction, waiting while PostgreSQL is away. */
type Store = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** Finds chats for one session: what it knows already from the store, the rest from Telegram once (resolves are costly). */
export class LaneAddresses {
  readonly #store: Store;
  readonly #session: Session;
  #targets = new Map<string, LaneTarget>();

  constructor(store: Store, session: Session) {
    this.#store = store;
    this.#session = session;
  }

  /** Reads what the store knows of these groups. */
  async load(groupIds: string[]): Promise<void> {
    this.#targets = await this.#store((tx) => tx.cycles.targets(this.#session.id, groupIds));
  }

  /** What the group is called, for people. */
  name(groupId: string): string {
    return this.#targets.get(groupId)?.reference ?? "the group";
  }

  async source(client: TelegramClient, postLink: string): Promise<Source | Refusal> {
    const link = parsePostLink(postLink);
    if (!link.ok) return { kind: "content_refused", code: "POST_LINK_INVALID" };
    const { channel, messageId } = link;
    const known = await this.#store((tx) => tx.sessions.peers(this.#session.id, [channel]));
    const peer = known.get(channel);
    if (peer !== undefined) return { kind: "source", peer, messageId };
    const found = await client.resolve(channel);
    // a public channel that is not found is found by nobody; a private one may only be closed to this session
    if (found.kind === "group_refused" && channel.startsWith("@")) return { kind: "content_refused", code: found.code };
    if (found.kind !== "resolved") return found;
    await this.#store((tx) => tx.sessions.savePeer(this.#session.id, channel, found.chat.peer));
    return { kind: "source", peer: found.chat.peer, messageId };
  }

  async target(client: TelegramClient, { groupId }: Delivery): Promise<Target | Refusal> {
    const target = this.#targets.get(groupId);
    if (target === undefined)
      return {
        kind: "group_refused",
        scope: "group",
        suspect: false,
        ends: { kind: "never" },
        stalePeer: false,
        code: "GROUP_REMOVED",
      };
    const { reference } = target;
    const topicId = splitReference(reference).number;
    if (target.peer !== null && target.chatId !== null)
      return { kind: "target", peer: target.peer, chatId: target.chatId, topicId };
    const found = await client.resolve(reference);
    if (found.kind !== "resolved") return found;
    const { peer, chatId, title } = found.chat;
    await this.#store(async (tx) => {
      await tx.groups.resolved(groupId, { chatId, title });
      await tx.sessions.savePeer(this.#session.id, reference, peer);
    });
    this.#targets.set(groupId, { ...target, peer, chatId });
    return { kind: "target", peer, chatId, topicId };
  }
}
