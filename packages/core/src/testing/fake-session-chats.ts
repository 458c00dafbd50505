import { splitReference } from "@herald/contract";
import type { Group, LaneTarget } from "../model/domain.ts";
import type { Peer, ResolvedChat } from "../model/outcome.ts";
import type { SessionChatRepository } from "../ports/index.ts";

/** Chats as the store knows them: where a spelling leads, and which session has a peer of which chat. */
export class FakeSessionChats {
  /** by reference, without a topic */
  readonly #references = new Map<string, ResolvedChat>();
  /** by session and chat */
  readonly #peers = new Map<string, Peer>();
  readonly #groups: () => readonly Group[];

  constructor(groups: () => readonly Group[]) {
    this.#groups = groups;
  }

  readonly repository: Pick<SessionChatRepository, "targets" | "peer" | "found" | "forget"> = {
    targets: async (sessionId, groupIds) => {
      const there = this.#groups().filter(({ id }) => groupIds.includes(id));
      return new Map(there.map((group) => [group.id, this.#target(sessionId, group)]));
    },
    peer: async (sessionId, reference) => {
      const chat = this.#references.get(reference);
      return chat === undefined ? null : this.#peer(sessionId, chat.chatId);
    },
    found: async (sessionId, reference, chat) => {
      this.#references.set(reference, chat);
      this.#peers.set(`${sessionId} ${chat.chatId}`, chat.peer);
    },
    forget: async (sessionId, reference) => {
      const chat = this.#references.get(reference);
      if (chat !== undefined) this.#peers.delete(`${sessionId} ${chat.chatId}`);
      this.#references.delete(reference);
    },
  };

  #peer(sessionId: string, chatId: string): Peer | null {
    return this.#peers.get(`${sessionId} ${chatId}`) ?? null;
  }

  #target(sessionId: string, { id, reference, chatId, topicId }: Group): LaneTarget {
    const { chat: base, number } = splitReference(reference);
    const found = this.#references.get(base);
    const now = chatId ?? found?.chatId ?? null;
    const isPlaced = chatId !== null;
    const meant = found === undefined ? null : found.forum ? (number ?? 0) : 0;
    return {
      groupId: id,
      reference,
      chatId: now,
      topicId: isPlaced || number === undefined ? topicId : meant,
      placed: isPlaced,
      peer: now === null ? null : this.#peer(sessionId, now),
    };
  }
}
