import bigInt from "big-integer";
import type { AuthKey } from "telegram/crypto/AuthKey.js";
import { Api } from "telegram/tl/index.js";
import type { DcAddress } from "../dc.ts";
import { OneShotSender, WatchedConnection } from "./one-shot-sender.ts";

/** An idle connection is kept open by a ping a minute (GramJS's own: every 9 s), and closed by Telegram 15 s after one is missed. */
const PING_INTERVAL_MS = 60_000;
const PING_ANSWER_MS = 10_000;
const DISCONNECT_DELAY_S = 75;

/**
 * What a request came to on this connection. `unread`: it was answered, with no error and in a form that GramJS does not know.
 * `lost`: the connection ended before the answer.
 */
export type Answer<T> =
  | { kind: "result"; value: T }
  | { kind: "unread"; bytes: Buffer }
  | { kind: "error"; error: unknown }
  | { kind: "timeout" }
  | { kind: "lost" };

/** How a connection ends. `code` of a transport error as Telegram means it, positive: 404, 429, 444. */
export type End = { kind: "dropped" } | { kind: "transport_error"; code: number } | { kind: "refused_write" };

/** One TCP connection of one account, from its dial to its end: it never reconnects and never resends. */
export class GramConnection {
  readonly #sender: OneShotSender;
  readonly #transport: WatchedConnection;
  readonly #onEnd: (end: End) => void;
  readonly #waiting = new Set<(answer: Answer<never>) => void>();
  #ping: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** `onEnd` is called once, unless {@link destroy} was called before. */
  constructor(
    to: { authKey: AuthKey; address: DcAddress },
    options: { mayWrite: () => boolean; onEnd: (end: End) => void },
  ) {
    this.#onEnd = options.onEnd;
    this.#sender = new OneShotSender(to.authKey, to.address.id, () => this.#end({ kind: "dropped" }));
    this.#transport = new WatchedConnection(
      to.address,
      { mayWrite: options.mayWrite, onRefused: () => this.#end({ kind: "refused_write" }) },
      (code) => this.#end({ kind: "transport_error", code }),
    );
  }

  /** Dials, and sends the first request. */
  async start(first: Api.AnyRequest, timeoutMs: number): Promise<Answer<unknown>> {
    const answer = await this.#answer(timeoutMs, async () => {
      if (!(await this.#sender.connect(this.#transport, false))) {
        this.#end({ kind: "dropped" });
        throw new Error("No connection.");
      }
      return this.#sender.send(first);
    });
    if ((answer.kind === "result" || answer.kind === "unread") && this.#closing === undefined) {
      this.#ping = setInterval(() => void this.#keepAlive(), PING_INTERVAL_MS);
    }
    return answer;
  }

  /** Sends one request, whose answer is a `T`. */
  invoke<T>(request: Api.AnyRequest, timeoutMs: number): Promise<Answer<T>> {
    return this.#answer(timeoutMs, async () => (await this.#sender.send(request)) as T);
  }

  /** Ends it: what waits is `lost`, and once this resolves nothing is written any more. Idempotent. */
  destroy(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    clearInterval(this.#ping);
    for (const settle of this.#waiting) settle({ kind: "lost" });
    this.#sender.userDisconnected = true;
    // Not by the sender: it leaves a socket open that is still dialling.
    await this.#sender.disconnect();
    await this.#transport.socket.close();
  }

  #end(end: End): void {
    if (this.#closing !== undefined) return;
    void this.destroy();
    this.#onEnd(end);
  }

  #answer<T>(timeoutMs: number, ask: () => Promise<T>): Promise<Answer<T>> {
    if (this.#closing !== undefined) return Promise.resolve({ kind: "lost" });
    const { promise, resolve } = Promise.withResolvers<Answer<T>>();
    const settle = (answer: Answer<T>) => {
      clearTimeout(timer);
      this.#waiting.delete(settle);
      resolve(answer);
    };
    const timer = setTimeout(() => settle({ kind: "timeout" }), timeoutMs);
    this.#waiting.add(settle);
    ask().then(
      (value) => settle({ kind: "result", value }),
      (error) => {
        const bytes = this.#sender.unread(error);
        settle(bytes === undefined ? { kind: "error", error } : { kind: "unread", bytes });
      },
    );
    return promise;
  }

  async #keepAlive(): Promise<void> {
    const pingId = bigInt(Date.now());
    const ping = new Api.PingDelayDisconnect({ pingId, disconnectDelay: DISCONNECT_DELAY_S });
    const answer = await this.invoke(ping, PING_ANSWER_MS);
    if (answer.kind !== "result") this.#end({ kind: "dropped" });
  }
}
