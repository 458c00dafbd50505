import { once } from "node:events";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { startDatabase } from "@herald/scripts/database";
import { randomPasswords } from "@herald/scripts/test-database";
import pg from "pg";

/** PostgreSQL's signals: https://www.postgresql.org/docs/current/server-shutdown.html */
const STOP_SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT" } as const;
const PATIENCE_MS = 200;

type Options = Parameters<typeof startDatabase>[0];

/** A PostgreSQL of one's own, as durable as in production, to be stopped and started at will. */
export class Postgres implements AsyncDisposable {
  readonly url: string;
  readonly #options: Options;
  readonly #worker: Worker;
  readonly #pool: pg.Pool;
  #isUp = true;

  private constructor(url: string, options: Options, worker: Worker) {
    this.url = url;
    this.#options = options;
    this.#worker = worker;
    this.#pool = new pg.Pool({ connectionString: url, max: 3, application_name: "torture" });
    this.#pool.on("error", () => {});
  }

  /**
   * @param parent a folder for its data, which the caller removes afterwards
   * @param migrate makes the tables of a version of Herald in the database at that address
   */
  static async start(parent: string, migrate: (url: string) => Promise<void>): Promise<Postgres> {
    chmodSync(parent, 0o711); // root's PostgreSQL runs as another user
    const options = { folder: join(parent, "postgresql"), name: "herald", passwords: randomPasswords() };
    const worker = new Worker(new URL("postgres-worker.ts", import.meta.url));
    const postgres = new Postgres(await startOn(worker, options), options, worker);
    try {
      await migrate(postgres.url);
    } catch (error) {
      await postgres[Symbol.asyncDispose]();
      throw error;
    }
    return postgres;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  async stop(mode: keyof typeof STOP_SIGNALS): Promise<void> {
    this.#isUp = false;
    const pid = Number(readFileSync(join(this.#options.folder, "data", "postmaster.pid"), "utf8").split("\n")[0]);
    process.kill(pid, STOP_SIGNALS[mode]);
    while (isAlive(pid)) await sleep(20);
  }

  async restart(): Promise<void> {
    await startOn(this.#worker, this.#options);
    this.#isUp = true;
  }

  /** Asks until PostgreSQL answers, or `signal` aborts. */
  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[] = [],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return (await this.#pool.query<Row>(text, values)).rows;
      } catch (error) {
        // PostgreSQL's own words on a statement are five characters long; of these only "it stops, it starts" is waited out
        const { code } = error as { code?: string };
        if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("57P") && !code.startsWith("08"))
          throw error;
        await sleep(PATIENCE_MS);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end().catch(() => {});
    if (this.#isUp) await this.stop("immediate");
    await this.#worker.terminate();
  }
}

async function startOn(worker: Worker, options: Options): Promise<string> {
  worker.postMessage(options);
  const [{ url, error }] = (await once(worker, "message")) as [{ url?: string; error?: string }];
  if (url === undefined) throw new Error(error);
  return url;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
