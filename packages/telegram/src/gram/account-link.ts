import { setTimeout as sleep } from "node:timers/promises";
import type { ApiCredentials, LastRefusal, Refusal } from "@herald/core";
import type { AuthKey } from "telegram/crypto/AuthKey.js";
import { RPCError } from "telegram/errors/index.js";
import { LAYER } from "telegram/tl/AllTLObjects.js";
import { Api } from "telegram/tl/index.js";
import type { DcAddress } from "../dc.ts";
import { type Asked, mayPass } from "../errors/error-table.ts";
import { refusalFrom } from "../errors/refusal.ts";
import { type Answer, type End, GramConnection } from "./connection.ts";

/** What the account's list of devices shows. https://core.telegram.org/method/initConnection */
const DEVICE = { deviceModel: "Herald", systemVersion: "1", appVersion: "1" };

export interface LinkOptions {
  /** of one data centre, best first; at least one */
  addresses: readonly [DcAddress, ...DcAddress[]];
  authKey: AuthKey;
  api: ApiCredentials;
  /** asked before every write; false ends the link for good */
  mayUse: () => boolean;
  /** its abort ends the link for good */
  signal: AbortSignal;
}

/** Between two connections of one account: Telegram takes a fast change for two users of the key (AUTH_KEY_DUPLICATED). */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** Before a second connection is asked whether Telegram really does not know the key any more. */
const KEY_PAUSE_MS = 2_000;

/** Telegram forgot what initConnection said: a new connection says it again. */
const CONNECT_ANEW = "CONNECTION_NOT_INITED";

const LEASE_LOST = "LEASE_LOST";

/** What a request came to. `unread`: Telegram answered it, with no error and in a form that GramJS does not know. */
export type Reply<T> = { kind: "result"; value: T } | { kind: "unread"; bytes: Buffer } | LastRefusal;

/** Makes a connection, which dials once it is started. */
export type Connect = (
  ...how: ConstructorParameters<typeof GramConnection>
) => Pick<GramConnection, "start" | "invoke" | "destroy">;

type Connection = ReturnType<Connect>;

const unknown = (code: string): Refusal => ({ kind: "unknown", code });

/**
 * One account's way to Telegram: one connection at a time, made when it is needed. A request whose connection is lost is asked
 * again on the next one, the same to the byte, until its deadline; then the connection is destroyed, so that nothing is sent
 * any more once the outcome was said to be unknown.
 */
export class AccountLink {
  readonly #options: LinkOptions;
  readonly #connect: Connect;
  readonly #ending = new AbortController();
  /** the one that requests go to */
  #current: Connection | undefined;
  #dialling: Promise<Answer<Connection>> | undefined;
  /** every one whose socket may still be open */
  readonly #live = new Set<Connection>();
  /** the place of the address that is dialled next */
  #next = 0;
  /** which connection said that Telegram does not know the key, until one is answered */
  #doubtedBy: Connection | undefined;
  #aheadMs: number | undefined;
  /** what makes any further try useless */
  #verdict: Refusal | undefined;

  readonly #onAbort = () => void this.end("ABORTED");

  constructor(options: LinkOptions, connect: Connect = (...how) => new GramConnection(...how)) {
    this.#options = options;
    this.#connect = connect;
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
  }

  /** Nothing that is asked will reach Telegram any more. */
  get ended(): boolean {
    return this.#verdict !== undefined;
  }

  /**
   * By how many milliseconds Telegram's clock is ahead of this machine's, or by more (at most as much as the answer was on its
   * way, and a second); undefined before Telegram told the time.
   */
  get aheadMs(): number | undefined {
    return this.#aheadMs;
  }

  /** Connects and proves the key, within `ms`. */
  async connect(ms: number): Promise<Refusal | undefined> {
    const reply = await this.#within(ms, "other", async () => ({ kind: "result", value: undefined }));
    return reply.kind === "result" || reply.kind === "unread" ? undefined : reply;
  }

  /** Asks within `ms`, connecting first where there is no connection. */
  invoke<R extends Api.AnyRequest>(request: R, ms: number): Promise<Reply<R["__response"]>> {
    const silent = withoutUpdates(request);
    const asked = request instanceof Api.messages.SendMessage ? "text" : "other";
    return this.#within(ms, asked, (connection, left) => connection.invoke<R["__response"]>(silent, left));
  }

  /** Waits `ms`, or until the link is ended. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  /** Ends it for good: what is asked, now or later, is `unknown` with this code. Resolves when nothing can be written. */
  async end(code: string): Promise<void> {
    this.#verdict ??= unknown(code);
    this.#ending.abort();
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    await Promise.all([...this.#live].map((connection) => this.#drop(connection)));
  }

  async #within<T>(
    ms: number,
    asked: Asked,
    ask: (connection: Connection, msLeft: number) => Promise<Answer<T>>,
  ): Promise<Reply<T>> {
    const deadline = performance.now() + ms;
    const left = () => deadline - performance.now();
    let code = "NO_CONNECTION";
    let unanswered = false;
    const last = (refusal: Refusal): LastRefusal =>
      unanswered && refusal.kind !== "unknown" ? { ...refusal, unanswered } : refusal;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      if (this.#verdict !== undefined) return last(this.#verdict);
      const connected = await this.#connected(left());
      const connection = connected.kind === "result" ? connected.value : undefined;
      const answer = connected.kind === "result" ? await ask(connected.value, left()) : connected;
      if (answer.kind === "result" || answer.kind === "unread") {
        this.#doubtedBy = undefined;
        return answer;
      }
      if (connection !== undefined) code = "NO_ANSWER";
      if (answer.kind === "error") {
        const name = answer.error instanceof RPCError ? answer.error.errorMessage : "";
        if (connection !== undefined && mayPass(name)) this.#doubt(connection, name);
        if (name !== CONNECT_ANEW && !mayPass(name)) return last(refusalFrom(answer.error, asked));
        code = name;
      }
      if (connection !== undefined) {
        unanswered ||= answer.kind === "lost";
        await this.#drop(connection);
      }
      if (this.#verdict !== undefined) return last(this.#verdict);
      const wait = this.#doubtedBy === undefined ? pause : Math.max(pause, KEY_PAUSE_MS);
      if (left() <= wait) return unknown(code);
      await this.pause(wait);
    }
  }

  /** The connection, or a new one; whoever asks meanwhile waits for the same. */
  #connected(ms: number): Promise<Answer<Connection>> {
    if (this.#current !== undefined) return Promise.resolve({ kind: "result", value: this.#current });
    this.#dialling ??= this.#dial(ms).finally(() => {
      this.#dialling = undefined;
    });
    return this.#dialling;
  }

  /** An address that does not answer has its share of the time, not all of it; the next dial goes to the next one. */
  async #dial(ms: number): Promise<Answer<Connection>> {
    const { authKey, addresses, api, mayUse } = this.#options;
    if (!mayUse()) {
      await this.end(LEASE_LOST);
      return { kind: "lost" };
    }
    const place = this.#next % addresses.length;
    const address = addresses[place] ?? addresses[0];
    const untried = addresses.length - place;
    const connection: Connection = this.#connect(
      { authKey, address },
      { mayWrite: mayUse, onEnd: (end) => this.#ended(connection, end, untried === 1) },
    );
    this.#live.add(connection);
    const answer = await connection.start(greeting(api), ms / untried);
    if (answer.kind === "result" || answer.kind === "unread") {
      this.#current = connection;
      this.#doubtedBy = undefined; // the greeting asks for the account's state, which only a key that is good gets
      if (answer.kind === "result" && answer.value instanceof Api.updates.State)
        this.#aheadMs = answer.value.date * 1000 - Date.now();
      return { kind: "result", value: connection };
    }
    if (answer.kind !== "error") this.#next += 1;
    else if (answer.error instanceof RPCError && mayPass(answer.error.errorMessage))
      this.#doubt(connection, answer.error.errorMessage);
    await this.#drop(connection);
    return answer;
  }

  /** Telegram forgets a key for a moment, too: only a second connection in a row that says so is believed. */
  #doubt(connection: Connection, code: string): void {
    this.#doubtedBy ??= connection;
    if (this.#doubtedBy !== connection) this.#verdict ??= { kind: "session_dead", cause: "lost", code };
  }

  #ended(connection: Connection, end: End, lastAddress: boolean): void {
    void this.#drop(connection);
    switch (end.kind) {
      case "dropped":
        return;
      case "refused_write":
        void this.end(LEASE_LOST);
        return;
      case "transport_error":
        if (end.code === 404) this.#doubt(connection, "TRANSPORT_404");
        // no address leads to the session's data centre: its own trouble, as when its account was moved (USER_MIGRATE)
        if (end.code === 444 && lastAddress) this.#verdict ??= { kind: "session_limited", code: "TRANSPORT_444" };
        return;
    }
  }

  async #drop(connection: Connection): Promise<void> {
    if (this.#current === connection) this.#current = undefined;
    await connection.destroy();
    this.#live.delete(connection);
  }
}

/** Introduces the client and proves the key, in one request. */
function greeting({ apiId }: ApiCredentials): Api.InvokeWithLayer {
  const query = new Api.InitConnection({
    apiId,
    ...DEVICE,
    langCode: "en",
    systemLangCode: "en",
    langPack: "",
    query: withoutUpdates(new Api.updates.GetState()),
  });
  return new Api.InvokeWithLayer({ layer: LAYER, query });
}

/** Herald reads nothing that others write: without this, an account in busy groups receives every message of theirs. */
function withoutUpdates(query: Api.AnyRequest): Api.InvokeWithoutUpdates {
  return new Api.InvokeWithoutUpdates({ query });
}
