import type { Told } from "@herald/core";
import type pg from "pg";
import { changeOf } from "./change.ts";
import { type Audience, readEvents } from "./event-row.ts";

/** After an event has left, those that follow are gathered for so long, in ms. */
const WINDOW_MS = 100;
/** After a read that failed, in ms. */
const RETRY_MS = 1_000;
/** Bursts that wait for one subscriber before it is told everything afresh instead. */
const MOST_WAITING = 100;

/** What waits for one subscriber. */
export class Mailbox {
  readonly #signal: AbortSignal;
  #waiting: Told[] = [];
  #overflown = false;
  #wake: () => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  put(told: Told): void {
    if (this.#overflown) return; // it will be told everything
    this.#waiting.push(told);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting = [];
      this.#overflown = true;
    }
    this.#wake();
  }

  /** What has come, in order; "overflown" when it was too much. Nothing once the subscription is aborted. */
  async take(): Promise<Told[] | "overflown"> {
    while (!this.#signal.aborted) {
      if (this.#overflown) {
        this.#overflown = false;
        return "overflown";
      }
      if (this.#waiting.length > 0) return this.#waiting.splice(0);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return [];
  }
}

/** The events of one audience, read once however many listen: the first of a burst at once, the rest of it together. */
export class EventFeed {
  readonly #pool: pg.Pool;
  readonly #audience: Audience;
  readonly #mailboxes = new Set<Mailbox>();
  #cursor: bigint;
  #isBusy = false;
  #isDue = false;

  /** @param cursor the newest event that is known already */
  constructor(pool: pg.Pool, audience: Audience, cursor: bigint) {
    this.#pool = pool;
    this.#audience = audience;
    this.#cursor = cursor;
  }

  /** The newest event that every mailbox has. */
  get cursor(): bigint {
    return this.#cursor;
  }

  get isHeard(): boolean {
    return this.#mailboxes.size > 0;
  }

  /** @param userId whose events; empty for the pool's */
  concerns(userId: string): boolean {
    return userId === "" ? this.#audience.admin : userId === this.#audience.userId;
  }

  join(mailbox: Mailbox): void {
    this.#mailboxes.add(mailbox);
  }

  leave(mailbox: Mailbox): void {
    this.#mailboxes.delete(mailbox);
  }

  /** There may be something new. */
  poke(): void {
    this.#isDue = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    while (this.#isDue && this.isHeard) {
      this.#isDue = false;
      const wait = await this.#deliver().then(
        () => WINDOW_MS,
        () => {
          this.#isDue = true;
          return RETRY_MS;
        },
      );
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    this.#isBusy = false;
  }

  async #deliver(): Promise<void> {
    const rows = await readEvents(this.#pool, this.#audience, this.#cursor, null);
    const last = rows.at(-1)?.id;
    if (last === undefined) return;
    const told = { change: changeOf(rows), before: this.#cursor.toString(), id: last.toString() };
    this.#cursor = last;
    for (const mailbox of this.#mailboxes) mailbox.put(told);
    this.#isDue = true; // a page may have been full
  }
}
