import { randomUUID } from "node:crypto";
import type { Claim, Ledger, Settlement } from "@herald/core";
import pg from "pg";
import { isConflict, isUnreachable } from "./errors.ts";
import { type Answer, claimGivenBackRow, claimRow, settlementRow, toClaim } from "./ledger-rows.ts";
import type { WrittenLogLine } from "./outbox.ts";

/**
 * How long a call waits for others to share its round trip, in ms: nothing beside the delay between two posts, while half of
 * what a round trip costs PostgreSQL is the same however many share it.
 */
const GATHER_MS = 10;
/** Most settlements, and most claims, in one round trip. */
const BATCH_SIZE = 500;
/** How long a place in a chat stays held for a claim that is never settled, in seconds: longer than any send lasts. */
const SEND_WINDOW_SECONDS = 60;
/** When a row is in another transaction's hands, it is asked for again after so many ms. */
const BUSY_RETRY_MS = 10;
/** Between two tries while PostgreSQL is away, in ms: doubled up to the second. */
const BACKOFF_MS = { first: 50, most: 1_000 };
/** An answer that takes longer is given up, and the same batch asked again, in ms. */
const ANSWER_TIMEOUT_MS = 15_000;

interface OpenClaim {
  hold: Settlement["hold"];
  deliveryId: string;
  chatId: string;
  topicId: number;
  /** the lane no longer waits */
  dropped: boolean;
  resolve(claim: Claim): void;
  reject(reason: unknown): void;
}

/** `id` makes a settlement repeated after a lost answer count once. */
interface OpenSettlement {
  id: string;
  /** null: gives a claim back that nobody waited for */
  settlement: Settlement | null;
  row: ReturnType<typeof settlementRow>;
}

interface Batch {
  settlements: OpenSettlement[];
  claims: OpenClaim[];
}

export interface LedgerOptions {
  url: string;
  /** seconds between two posts to a chat that has none of its own */
  defaultCooldown: number;
  onLog: (line: WrittenLogLine) => void;
  /** hears what PostgreSQL refused for good: a fault of ours, as the batch is split until the culprit stands alone */
  onFault: (error: unknown) => void;
}

/**
 * The ledger over the SQL function `herald_ledger`: one connection, one round trip at a time, and whatever comes in while it
 * is under way goes into the next.
 */
export class PostgresLedger implements Ledger {
  readonly #pool: pg.Pool;
  readonly #options: LedgerOptions;
  readonly #closing = new AbortController();
  #settlements: OpenSettlement[] = [];
  #claims: OpenClaim[] = [];
  #running = false;
  #taken = 0;
  #committed = 0;
  #flushes: Array<{ upTo: number; resolve(): void }> = [];
  /** Since it was made. */
  roundTrips = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: 1,
      connectionTimeoutMillis: 5_000,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
      application_name: "herald ledger",
    });
    this.#pool.on("error", () => {}); // the next round trip finds out, and connects again
  }

  claim(claim: Pick<OpenClaim, "hold" | "deliveryId" | "chatId" | "topicId">, signal: AbortSignal): Promise<Claim> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const drop = () => {
        open.dropped = true;
        reject(signal.reason);
      };
      const open: OpenClaim = {
        ...claim,
        dropped: false,
        resolve: (answer) => {
          signal.removeEventListener("abort", drop);
          resolve(answer);
        },
        reject: (reason) => {
          signal.removeEventListener("abort", drop);
          reject(reason);
        },
      };
      signal.addEventListener("abort", drop, { once: true });
      this.#claims.push(open);
      this.#wake();
    });
  }

  settle(settlement: Settlement): void {
    this.#take(settlementRow(settlement), settlement);
  }

  flush(): Promise<void> {
    if (this.#committed === this.#taken) return Promise.resolve();
    return new Promise((resolve) => this.#flushes.push({ upTo: this.#taken, resolve }));
  }

  /** Stops asking. Claims are rejected; what was not committed stays `sending`, and is asked again by the next holder. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("The ledger is closed."));
    for (const claim of this.#claims) claim.reject(this.#closing.signal.reason);
    await this.#pool.end();
  }

  #take(row: OpenSettlement["row"], settlement: Settlement | null): void {
    this.#taken += 1;
    this.#settlements.push({ id: randomUUID(), settlement, row });
    this.#wake();
  }

  #wake(): void {
    if (this.#running || this.#closing.signal.aborted) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted && (this.#settlements.length > 0 || this.#claims.length > 0)) {
      await this.#pause(GATHER_MS);
      await this.#write(this.#nextBatch());
    }
    this.#running = false;
  }

  /** In the order of taking. A second settlement of one delivery, and every claim after it, is the next batch's. */
  #nextBatch(): Batch {
    const seen = new Set<string>();
    let count = 0;
    for (const { row } of this.#settlements) {
      if (count === BATCH_SIZE || seen.has(row.delivery)) break;
      seen.add(row.delivery);
      count += 1;
    }
    const settlements = this.#settlements.splice(0, count);
    const claims = this.#settlements.length === 0 ? this.#claims.splice(0, BATCH_SIZE) : [];
    return { settlements, claims };
  }

  /** Writes the batch, however long PostgreSQL is away. */
  async #write(batch: Batch): Promise<void> {
    for (let wait = BACKOFF_MS.first; !this.#closing.signal.aborted; wait = Math.min(wait * 2, BACKOFF_MS.most)) {
      const asked = { ...batch, claims: batch.claims.filter((claim) => !claim.dropped) };
      if (asked.settlements.length + asked.claims.length === 0) return;
      try {
        const { rows } = await this.#ask(asked);
        return this.#accept(asked, rows[0].answer);
      } catch (error) {
        if (!isUnreachable(error) && !isConflict(error) && !isTimeout(error)) return this.#isolate(asked, error);
        await this.#pause(isConflict(error) ? BUSY_RETRY_MS : wait);
      }
    }
    for (const claim of batch.claims) claim.reject(this.#closing.signal.reason);
  }

  #ask({ settlements, claims }: Batch) {
    this.roundTrips += 1;
    return this.#pool.query({
      name: "herald_ledger",
      text: "SELECT herald_ledger($1::jsonb, $2::jsonb, $3::int, $4::int) AS answer",
      values: [
        JSON.stringify(settlements.map(({ id, row }, n) => ({ n, settlement: id, ...row }))),
        JSON.stringify(claims.map((claim, n) => ({ n, ...claimRow(claim) }))),
        this.#options.defaultCooldown,
        SEND_WINDOW_SECONDS,
      ],
    });
  }

  #accept(batch: Batch, answer: { written: Array<{ n: number; user_id: string }>; answers: Answer[] }): void {
    for (const { n, user_id: userId } of answer.written) {
      const { settlement } = batch.settlements[n] ?? {};
      if (settlement?.log) this.#options.onLog({ ...settlement.log, userId, at: settlement.at });
    }
    this.#committedMore(batch.settlements.length);
    const busy: OpenClaim[] = [];
    for (const { n, word, until, was } of answer.answers) {
      const claim = batch.claims[n];
      if (claim === undefined) continue;
      if (word === "busy") busy.push(claim);
      else if (!claim.dropped) claim.resolve(toClaim(word, until));
      // nobody will send it: where it had not been tried before, it is as if never claimed
      else if (word === "go" && was === "planned") this.#take(claimGivenBackRow(claim, new Date()), null);
    }
    if (busy.length > 0)
      setTimeout(() => {
        this.#claims.unshift(...busy.filter((claim) => !claim.dropped));
        this.#wake();
      }, BUSY_RETRY_MS);
  }

  /** Something in the batch is refused for good: halves it until the culprit is alone, so that the rest is written. */
  async #isolate(batch: Batch, error: unknown): Promise<void> {
    const all = [...batch.settlements, ...batch.claims];
    if (all.length > 1) {
      const middle = all.length >> 1;
      const { settlements, claims } = batch;
      const cut = Math.max(0, middle - settlements.length);
      await this.#write({ settlements: settlements.slice(0, middle), claims: claims.slice(0, cut) });
      await this.#write({ settlements: settlements.slice(middle), claims: claims.slice(cut) });
      return;
    }
    this.#options.onFault(error);
    for (const claim of batch.claims) claim.reject(error);
    this.#committedMore(batch.settlements.length);
  }

  #committedMore(count: number): void {
    this.#committed += count;
    this.#flushes = this.#flushes.filter(({ upTo, resolve }) => {
      if (upTo > this.#committed) return true;
      resolve();
      return false;
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const { signal } = this.#closing;
      function done() {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
  }
}

/** pg gives up waiting for an answer without a code. */
const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === "Query read timeout";
