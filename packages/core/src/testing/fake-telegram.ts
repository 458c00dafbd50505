import type { Account, Outcome, Peer, Refusal, ResolvedChat } from "../model/outcome.ts";
import type { Clock, Gateway, TelegramClient } from "../ports/index.ts";

/** What an answer is, or does before it is one. */
export type Answer<T> = T | (() => T | Promise<T>);

/** A send as it left, at so many milliseconds of the monotonic clock. `to` is the chat's id, `topicId` 0 where none was named, `from` the source of a forward. */
interface Sent {
  session: string;
  to: string;
  topicId: number;
  randomId: bigint;
  mayStand: boolean;
  firstTriedAt?: Date;
  at: number;
  from?: { chat: string; messageId: number };
}

interface LookUp {
  session: string;
  reference: string;
  stale?: Peer;
  searchAfter?: Date;
}

/** A supergroup by its name; its peer and its id follow from the number. */
export const aChat = (number: number, more: Partial<ResolvedChat> = {}): ResolvedChat => ({
  peer: { type: "channel", id: `${number}`, accessHash: "1" },
  chatId: `-100${number}`,
  title: `chat ${number}`,
  kind: "supergroup",
  username: null,
  forum: false,
  membership: "member",
  migratedFrom: null,
  ...more,
});

/** Telegram by a script: what is not in it is found nowhere, and every send that has no answer there arrives. */
export class FakeTelegram implements Gateway {
  /** by reference, without a topic */
  readonly chats = new Map<string, ResolvedChat | Refusal>();
  /** by the id of the chat's peer, the answers to the next sends there */
  readonly answers = new Map<string, Answer<Outcome>[]>();
  /** by session, what its next connections come to */
  readonly refusedConnections = new Map<string, Refusal[]>();
  readonly accounts = new Map<string, Account>();
  readonly sent: Sent[] = [];
  readonly lookUps: LookUp[] = [];
  /** whose connection was made, with which hold on its lease, and what cuts it */
  readonly connections: Array<{ session: string; mayUse: () => boolean; cut: AbortSignal }> = [];
  /** how many of them were closed */
  closed = 0;
  /** by session, its newest client's end */
  readonly #ends = new Map<string, () => void>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The connection is gone for good, as after a write without a lease. */
  end(session: string): void {
    this.#ends.get(session)?.();
  }

  /** `secret.host` says whose key it is. */
  connect: Gateway["connect"] = async ({ secret }, { mayUse, signal: cut }) => {
    const session = secret.host ?? "";
    const refused = this.refusedConnections.get(session)?.shift();
    if (refused !== undefined) return refused;
    this.connections.push({ session, mayUse, cut });
    return { kind: "connected", client: this.client(session) };
  };

  client(session: string): TelegramClient {
    let ended = false;
    this.#ends.set(session, () => {
      ended = true;
    });
    return {
      get ended() {
        return ended;
      },
      me: async () => {
        const account = this.accounts.get(session);
        return account === undefined ? { kind: "unknown", code: "TIMEOUT" } : { kind: "me", account };
      },
      resolve: async (reference, options) => {
        this.lookUps.push({ session, reference, ...options });
        const found = this.chats.get(reference) ?? {
          kind: "group_refused",
          scope: "group",
          suspect: false,
          ends: { kind: "never" },
          stalePeer: false,
          code: "USERNAME_NOT_OCCUPIED",
        };
        return "peer" in found ? { kind: "resolved", chat: found } : found;
      },
      forward: ({ from, messageId, ...send }) => this.#send(session, { ...send, from: { chat: from.id, messageId } }),
      sendText: ({ text: _, ...send }) => this.#send(session, send),
      close: async () => {
        ended = true;
        this.closed += 1;
      },
    };
  }

  async #send(
    session: string,
    {
      to,
      topicId,
      ...send
    }: Pick<Sent, "randomId" | "mayStand" | "firstTriedAt" | "from"> & { to: Peer; topicId: number | undefined },
  ): Promise<Outcome> {
    if (topicId === 0) throw new Error("No chat has a topic 0.");
    this.sent.push({ session, to: to.id, topicId: topicId ?? 0, at: this.#clock.monotonic(), ...send });
    const answer = this.answers.get(to.id)?.shift() ?? { kind: "sent", messageId: this.sent.length };
    return typeof answer === "function" ? answer() : answer;
  }
}
