import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Database, type Passwords, startDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

/** The migrated database that each test's own is copied from. */
const TEMPLATE = "herald_template";

/** Starts a PostgreSQL for tests, with a migrated template, in a temporary folder that goes away with it. */
export async function startTestDatabase(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), "herald-test-"));
  chmodSync(folder, 0o711); // root's PostgreSQL runs as another user
  const server = await startDatabase({
    folder: join(folder, "postgresql"),
    name: TEMPLATE,
    passwords: randomPasswords(),
    durable: false,
  });
  const stop = () => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // Whoever owns the template makes each test's database from it.
    await administer(server.adminUrl, "ALTER ROLE herald CREATEDB");
    await migrate(server.url);
  } catch (error) {
    stop();
    throw error;
  }
  return { ...server, stop };
}

/** For a PostgreSQL that goes away with its test. */
export const randomPasswords = (): Passwords => ({
  superuser: randomBytes(32).toString("base64"),
  owner: randomBytes(32).toString("base64"),
});

export type TestDatabase = {
  url: string;
  /** Removes the database, also from under those who are still connected. */
  drop(): Promise<void>;
};

/**
 * A fresh, migrated database for one test file, in about 50 ms. The server is the one that `test-database-setup.ts`
 * started for the run.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = process.env.TEST_DATABASE_URL;
  if (!template)
    throw new Error('Add globalSetup: "@herald/scripts/test-database-setup" to this package\'s vitest.config.ts.');
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(template, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: withDatabase(template, name),
    drop: () => administer(template, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(url, "postgres") });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = name;
  return other.href;
}
