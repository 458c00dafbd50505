import type { ApiCredentials, SessionSecret } from "../model/domain.ts";
import type { Account, Outcome, Peer, Refusal, Resolution } from "../model/outcome.ts";

/** Opens clients of Telegram accounts. */
export interface Gateway {
  /**
   * Connects and proves the key with one request. `mayUse` is asked before every write to the socket: once it answers
   * false, the socket is cut and every call comes to `unknown`. An abort of `signal` cuts the connection likewise.
   */
  connect(
    account: { secret: SessionSecret; api: ApiCredentials },
    options: { signal: AbortSignal; mayUse: () => boolean },
  ): Promise<{ kind: "connected"; client: TelegramClient } | Refusal>;
}

/** One connected account. One send at a time. Every call has a deadline and returns; none throws for what Telegram says. */
export interface TelegramClient {
  me(): Promise<{ kind: "me"; account: Account } | Refusal>;
  /** Finds a chat by its canonical reference (`@name`, `-100…`, `+hash`; a topic suffix is ignored). Costly: keep the peer. */
  resolve(reference: string): Promise<Resolution>;
  forward(send: {
    from: Peer;
    messageId: number;
    to: Peer;
    topicId: number | undefined;
    randomId: bigint;
  }): Promise<Outcome>;
  sendText(send: { text: string; to: Peer; topicId: number | undefined; randomId: bigint }): Promise<Outcome>;
  /** Ends the connection for good; nothing is written after it resolves. Idempotent. */
  close(): Promise<void>;
}
