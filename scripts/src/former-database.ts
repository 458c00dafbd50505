import pg from "pg";
import { migrate } from "./migrate.ts";
import { applyMigrations } from "./migrations.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/** A database as a former version left it. */
export interface FormerDatabase extends TestDatabase {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Brings it to the newest version, as a start of Herald does. */
  upgrade(): Promise<void>;
}

/**
 * An empty database of the version whose last migration is `last`, with the functions that its migrations contained.
 * @throws Error when there is no such migration
 */
export async function createFormerDatabase(last: string): Promise<FormerDatabase> {
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await applyMigrations(client, last);
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
