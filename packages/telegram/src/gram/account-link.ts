import { setTimeout as sleep } from "node:timers/promises";
import type { ApiCredentials, LastRefusal, Refusal } from "@herald/core";
import type { AuthKey } from "telegram/crypto/AuthKey.js";
import { RPCError } from "telegram/errors/index.js";
import { LAYER } from "telegram/tl/AllTLObjects.js";
import { Api } from "telegram/tl/index.js";
import type { DcAddress } from "../dc.ts";
import { refusalFrom } from "../errors/refusal.ts";
import { type Answer, type End, GramConnection } from "./connection.ts";

/** How the account introduces itself to Telegram. https://core.telegram.org/method/initConnection */
export interface Device {
  deviceModel: string;
  systemVersion: string;
  appVersion: string;
}

export interface LinkOptions {
  address: DcAddress;
  authKey: AuthKey;
  api: ApiCredentials;
  device: Device;
  /** asked before every write; false ends the link for good */
  mayUse: () => boolean;
  /** its abort ends the link for good */
  signal: AbortSignal;
}

/** Between two connections of one account: Telegram takes a fast change for two users of the key (AUTH_KEY_DUPLICATED). */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Telegram forgot what initConnection said: a new connection says it again. */
const CONNECT_ANEW = "CONNECTION_NOT_INITED";

const LEASE_LOST = "LEASE_LOST";

const unknown = (code: string): Refusal => ({ kind: "unknown", code });

/**
 * One account's way to Telegram: one connection at a time, made when it is needed. A request whose connection is lost is asked
 * again on the next one, the same to the byte, until its deadline; then the connection is destroyed, so that nothing is sent
 * any more once the outcome was said to be unknown.
 */
export class AccountLink {
  readonly #options: LinkOptions;
  readonly #ending = new AbortController();
  /** the one that requests go to */
  #current: GramConnection | undefined;
  #dialling: Promise<Answer<GramConnection>> | undefined;
  /** every one whose socket may still be open */
  readonly #live = new Set<GramConnection>();
  #keyRefusals = 0;
  /** what makes any further try useless */
  #verdict: Refusal | undefined;

  readonly #onAbort = () => void this.end("ABORTED");

  constructor(options: LinkOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
  }

  /** Connects and proves the key, within `ms`. */
  async connect(ms: number): Promise<Refusal | undefined> {
    const answer = await this.#within(ms, async () => ({ kind: "result", value: undefined }));
    return answer.kind === "result" ? undefined : answer;
  }

  /** Asks within `ms`, connecting first where there is no connection. */
  invoke<R extends Api.AnyRequest>(
    request: R,
    ms: number,
  ): Promise<{ kind: "result"; value: R["__response"] } | LastRefusal> {
    const silent = withoutUpdates(request);
    return this.#within(ms, (connection, left) => connection.invoke<R["__response"]>(silent, left));
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
    ask: (connection: GramConnection, msLeft: number) => Promise<Answer<T>>,
  ): Promise<{ kind: "result"; value: T } | LastRefusal> {
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
      if (answer.kind === "result") return answer;
      if (connection !== undefined) code = "NO_ANSWER";
      if (answer.kind === "error") {
        if (!(answer.error instanceof RPCError && answer.error.errorMessage === CONNECT_ANEW))
          return last(refusalFrom(answer.error));
        code = CONNECT_ANEW;
      }
      if (connection !== undefined) {
        unanswered ||= answer.kind === "lost";
        await this.#drop(connection);
      }
      if (this.#verdict !== undefined) return last(this.#verdict);
      if (answer.kind === "timeout" || left() <= pause) return unknown(code);
      await sleep(pause, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  /** The connection, or a new one; whoever asks meanwhile waits for the same. */
  #connected(ms: number): Promise<Answer<GramConnection>> {
    if (this.#current !== undefined) return Promise.resolve({ kind: "result", value: this.#current });
    this.#dialling ??= this.#dial(ms).finally(() => {
      this.#dialling = undefined;
    });
    return this.#dialling;
  }

  async #dial(ms: number): Promise<Answer<GramConnection>> {
    const { authKey, address, api, device, mayUse } = this.#options;
    if (!mayUse()) {
      await this.end(LEASE_LOST);
      return { kind: "lost" };
    }
    const connection = new GramConnection(
      { authKey, address },
      { mayWrite: mayUse, onEnd: (end) => this.#ended(connection, end) },
    );
    this.#live.add(connection);
    const answer = await connection.start(greeting(api, device), ms);
    if (answer.kind !== "result") {
      await this.#drop(connection);
      return answer;
    }
    this.#keyRefusals = 0;
    this.#current = connection;
    return { kind: "result", value: connection };
  }

  #ended(connection: GramConnection, end: End): void {
    void this.#drop(connection);
    switch (end.kind) {
      case "dropped":
        return;
      case "refused_write":
        void this.end(LEASE_LOST);
        return;
      case "transport_error":
        // Telegram forgets a key for a moment, too: only the second connection in a row is believed.
        if (end.code === 404 && ++this.#keyRefusals === 2)
          this.#verdict ??= { kind: "session_dead", cause: "lost", code: "TRANSPORT_404" };
        if (end.code === 444) this.#verdict ??= { kind: "config_error", code: "TRANSPORT_444" };
        return;
    }
  }

  async #drop(connection: GramConnection): Promise<void> {
    if (this.#current === connection) this.#current = undefined;
    await connection.destroy();
    this.#live.delete(connection);
  }
}

/** Introduces the client and proves the key, in one request. */
function greeting({ apiId }: ApiCredentials, device: Device): Api.InvokeWithLayer {
  const query = new Api.InitConnection({
    apiId,
    ...device,
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
