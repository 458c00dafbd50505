// PostgreSQL through Prisma: the durable side of the ports in @herald/core. No Prisma type leaves this package.
export { createDatabase, type Database, type DatabaseOptions } from "./database.ts";
export type { Engines } from "./engines.ts";
export type { PostgresEvents } from "./events/events.ts";
export type { WrittenLogLine } from "./outbox.ts";
export type { Pruned } from "./retention.ts";
export type { Enqueue, SqlExecutor } from "./store.ts";
