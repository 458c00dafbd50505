import type { ApiCredentials, SessionSecret } from "../model/domain.ts";
import type { Account, Outcome, Peer, Refusal, Resolution } from "../model/outcome.ts";

/** Opens clients of Telegram accounts. */
export interface Gateway {
  /**
   * Connects and proves the key with one request. `mayUse` is asked before every write to the socket: once it answers
   * false, the socket is cut and the client has {@link TelegramClient.ended}: every call comes to `unknown` with the code
   * LEASE_LOST. An abort of `signal` ends it likewise, with ABORTED.
   */
  connect(
    account: { secret: SessionSecret; api: ApiCredentials },
    options: { signal: AbortSignal; mayUse: () => boolean },
  ): Promise<{ kind: "connected"; client: TelegramClient } | Refusal>;
}

/** One connected account. One send at a time. Every call has a deadline and returns; none throws for what Telegram says. */
export interface TelegramClient {
  /** It is gone for good (lease lost, aborted, closed, or its key is worth nothing): only another client can go on. */
  readonly ended: boolean;
  me(): Promise<{ kind: "me"; account: Account } | Refusal>;
  /**
   * Finds a chat by its canonical reference (`@name`, `-100…`, `+hash`; a topic suffix is ignored). Costly: keep the peer.
   * `stale`: a peer that was refused as out of date. What this client has read before is not believed when it says the same.
   * `searchAfter`: Telegram answers no search for a name before. What the account's own chats do not have is a flood wait then.
   */
  resolve(reference: string, options?: { stale?: Peer; searchAfter?: Date }): Promise<Resolution>;
  /**
   * `mayStand`: an earlier try with this random_id may have been executed. Only then does Telegram's word that the id is
   * used already mean that the post has arrived. `firstTriedAt`: when the first of these tries left, or earlier, but after any
   * equal message of another delivery; left out: none was before. Where Telegram does not name the message, only one that is
   * not older is taken for it.
   */
  forward(send: {
    from: Peer;
    messageId: number;
    to: Peer;
    topicId: number | undefined;
    randomId: bigint;
    mayStand: boolean;
    firstTriedAt?: Date;
  }): Promise<Outcome>;
  /** `mayStand`, `firstTriedAt`: as in {@link forward}. Where link previews are not allowed, the text goes without its preview. */
  sendText(send: {
    text: string;
    to: Peer;
    topicId: number | undefined;
    randomId: bigint;
    mayStand: boolean;
    firstTriedAt?: Date;
  }): Promise<Outcome>;
  /** Ends the connection for good; nothing is written after it resolves. Idempotent. */
  close(): Promise<void>;
}
