import type { Leases, Ledger, Seal, SessionFiles, SessionSeal, Store, Views } from "@herald/core";
import pg from "pg";
import { createEngines, type Engines } from "./engines.ts";
import { PostgresEvents } from "./events/events.ts";
import { createLeases } from "./leases.ts";
import { PostgresLedger } from "./ledger.ts";
import type { WrittenLogLine } from "./outbox.ts";
import { createPrisma } from "./prisma.ts";
import { type Pruned, prune } from "./retention.ts";
import { createSessionRows } from "./session-rows.ts";
import { createStore, type Enqueue } from "./store.ts";
import { createViews } from "./views/views.ts";

/** Connections for services and views together. */
const POOL_SIZE = 10;
/** Longest to wait for PostgreSQL to accept a connection, in ms. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Between two posts to one chat, whoever sends them, in seconds. */
const DEFAULT_COOLDOWN_SECONDS = 60;

export interface DatabaseOptions {
  /** connection string of a migrated database */
  url: string;
  /** shown in pg_stat_activity */
  engineId?: string;
  /** for the api_hashes at rest */
  seal: Seal;
  enqueue: Enqueue;
  /** seconds between two posts to a chat that has none of its own @default 60 */
  defaultCooldown?: number;
  /** hears each line of a bot's log that was written through this database, after its commit: for a log file */
  onLog?: (line: WrittenLogLine) => void;
  /** hears what PostgreSQL refused for good: a fault of ours @default console.error */
  onFault?: (error: unknown) => void;
}

export interface Database {
  store: Store;
  ledger: Ledger;
  leases: Leases;
  views: Views;
  events: PostgresEvents;
  engines: Engines;
  /** Session files as rows, sealed by `seal`. */
  sessionRows(seal: SessionSeal): SessionFiles;
  /** How long PostgreSQL takes to answer, in ms. Throws when it does not. */
  ping(): Promise<number>;
  /**
   * Rolls up deliveries by day, makes the months of deliveries that come, and deletes months of deliveries, log lines and
   * events by age, until done or aborted. Counters stay.
   */
  prune(options: { olderThanDays: number; signal: AbortSignal }): Promise<Pruned>;
  /** Ends every connection. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens everything that is durable. Connects lazily: a PostgreSQL that is away is met by the first call.
 */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, engineId = "", seal, enqueue, defaultCooldown = DEFAULT_COOLDOWN_SECONDS } = options;
  const { onLog = () => {}, onFault = console.error } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: `herald ${engineId}`.trim(),
  });
  pool.on("error", () => {}); // an idle connection that broke is replaced at the next use
  // A pool listens only while a connection is idle, and Prisma only once it has it: one that breaks in between, as
  // PostgreSQL stops, would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  const prisma = createPrisma(pool);
  const store = createStore({ prisma, seal, enqueue, defaultCooldown, onLog });
  const ledger = new PostgresLedger({ url, defaultCooldown, onLog, onFault });
  const events = new PostgresEvents(url, pool);
  const engines = createEngines(url, pool, { keyIds: seal.keyIds, onLog });

  let closed: Promise<void> | undefined;
  const close = async () => {
    await ledger.close();
    await events.close();
    await engines.close();
    await prisma.$disconnect();
    await pool.end();
  };
  return {
    store,
    ledger,
    leases: createLeases(pool),
    views: createViews(prisma, defaultCooldown),
    events,
    engines,
    sessionRows: (seal) => createSessionRows(prisma, seal),
    prune: (options) => prune(pool, store, options),
    ping: async () => {
      const asked = performance.now();
      await pool.query("SELECT");
      return performance.now() - asked;
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
