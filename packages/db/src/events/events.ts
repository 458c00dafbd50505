import type { Events, Listener, Told } from "@herald/core";
import type pg from "pg";
import { reaching } from "../errors.ts";
import { type KeptConnection, keepConnected } from "../kept-connection.ts";
import { changeOf, everything } from "./change.ts";
import { EventFeed, Mailbox } from "./event-feed.ts";
import { type Audience, type EventRow, eventRange, readEvents } from "./event-row.ts";

/** Between two tries of the first connection, in ms. */
const RETRY_MS = 500;

/** The events of every engine on this database, as they are committed. Listens from its first use on. */
export class PostgresEvents implements Events {
  readonly #url: string;
  readonly #pool: pg.Pool;
  readonly #feeds = new Map<string, EventFeed>();
  readonly #botListeners = new Set<(userId: string) => void>();
  #connection: Promise<KeptConnection | null> | undefined;
  /** every change of a bot up to here has been told */
  #mark: bigint | undefined;
  #isClosed = false;

  constructor(url: string, pool: pg.Pool) {
    this.#url = url;
    this.#pool = pool;
  }

  onBotChanged(listener: (userId: string) => void): () => void {
    this.#listen();
    this.#botListeners.add(listener);
    return () => this.#botListeners.delete(listener);
  }

  newest(): Promise<string> {
    return reaching(async () => (await eventRange(this.#pool)).newest.toString());
  }

  async *subscribe(listener: Listener, since: string | null, signal: AbortSignal): AsyncIterable<Told> {
    this.#listen();
    const audience = { userId: listener.userId, admin: listener.role === "admin" };
    const mailbox = new Mailbox(signal);
    const feed = await this.#join(audience, mailbox);
    try {
      const from = feed.cursor;
      feed.poke();
      if (since !== null) yield* await this.#missed(audience, since, from);
      while (!signal.aborted) {
        const told = await mailbox.take();
        const at = feed.cursor.toString();
        if (told === "overflown") yield { change: everything(audience), before: at, id: at };
        else yield* told;
      }
    } finally {
      feed.leave(mailbox);
      if (!feed.isHeard) this.#feeds.delete(keyOf(audience));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#connection)?.close();
  }

  /** Joins before anything is read, so that what comes meanwhile is in the mailbox. */
  async #join(audience: Audience, mailbox: Mailbox): Promise<EventFeed> {
    const key = keyOf(audience);
    let feed = this.#feeds.get(key);
    if (feed === undefined) {
      const { newest } = await reaching(() => eventRange(this.#pool));
      // another subscriber may have made it meanwhile
      feed = this.#feeds.get(key) ?? new EventFeed(this.#pool, audience, newest);
      this.#feeds.set(key, feed);
    }
    feed.join(mailbox);
    return feed;
  }

  /** What came after `since` up to `upTo`; everything afresh when `since` is older than what is kept, or not one of ours. */
  async #missed(audience: Audience, since: string, upTo: bigint): Promise<Told[]> {
    const { oldest } = await reaching(() => eventRange(this.#pool));
    const after = /^\d{1,18}$/.test(since) ? BigInt(since) : -1n;
    const id = upTo.toString();
    if (after < oldest - 1n || after > upTo) return [{ change: everything(audience), before: id, id }];
    const rows: EventRow[] = [];
    for (let at = after; at < upTo; at = rows.at(-1)?.id ?? upTo) {
      const page = await readEvents(this.#pool, audience, at, upTo);
      if (page.length === 0) break;
      for (const row of page) rows.push(row);
    }
    return rows.length === 0 ? [] : [{ change: changeOf(rows), before: after.toString(), id }];
  }

  #listen(): void {
    this.#connection ??= this.#connect();
  }

  async #connect(): Promise<KeptConnection | null> {
    while (!this.#isClosed) {
      try {
        return await keepConnected(this.#url, "herald events", (client) => this.#setUp(client));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return null;
  }

  async #setUp(client: pg.Client): Promise<void> {
    client.on("notification", ({ payload = "" }) => this.#hear(payload));
    await client.query("LISTEN herald_events");
    // what was told while nobody listened
    for (const feed of this.#feeds.values()) feed.poke();
    const { newest } = await eventRange(this.#pool);
    const { rows } = await this.#pool.query<{ userId: string }>(
      `SELECT DISTINCT user_id AS "userId" FROM events WHERE type = 'bot' AND id > $1 AND id <= $2`,
      [(this.#mark ?? newest).toString(), newest.toString()],
    );
    this.#mark = newest;
    for (const { userId } of rows) this.#tellBotChanged(userId);
  }

  #hear(payload: string): void {
    const [type, userId = ""] = payload.split(":");
    for (const feed of this.#feeds.values()) if (feed.concerns(userId)) feed.poke();
    if (type === "bot") this.#tellBotChanged(userId);
  }

  #tellBotChanged(userId: string): void {
    for (const listener of this.#botListeners) listener(userId);
  }
}

const keyOf = ({ userId, admin }: Audience): string => `${admin ? "admin" : "user"} ${userId}`;
