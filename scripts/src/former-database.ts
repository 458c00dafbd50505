import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { migrate } from "./migrate.ts";
import { ROOT } from "./root.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const FOLDER = join(ROOT, "prisma/migrations");

/** A database as a former version left it. */
export interface FormerDatabase extends TestDatabase {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Brings it to the newest version, as a start of Herald does. */
  upgrade(): Promise<void>;
}

/** Where Prisma keeps which migrations were applied, as its command line makes it. */
const APPLIED = `CREATE TABLE _prisma_migrations (
  id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text,
  rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)`;

/**
 * An empty database of the version whose last migration is `last`, with the functions that its migrations contained.
 * @throws Error when there is no such migration
 */
export async function createFormerDatabase(last: string): Promise<FormerDatabase> {
  const names = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name <= last ? [entry.name] : [],
  );
  if (!names.includes(last)) throw new Error(`There is no migration ${last} in ${FOLDER}.`);
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${APPLIED}`);
  for (const name of names.sort()) {
    const script = readFileSync(join(FOLDER, name, "migration.sql"), "utf8");
    await client.query(script);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), $3, 1)`,
      [randomUUID(), createHash("sha256").update(script).digest("hex"), name],
    );
  }
  return {
    url,
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows,
    upgrade: () => migrate(url),
    async drop() {
      await client.end();
      await drop();
    },
  };
}
