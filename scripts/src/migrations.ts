import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { ROOT } from "./root.ts";

const FOLDER = join(ROOT, "prisma/migrations");
/** One at a time; whoever was killed holds it until PostgreSQL has undone what was under way. */
const LOCK = "herald.migrations";

/** Where Prisma keeps which migrations were applied, as its command line makes it. */
const APPLIED = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text,
  rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)`;

/**
 * Applies the migrations that the database lacks, in order. Each is one transaction with Prisma's record of it, so that one that
 * is cut off is applied at the next try: `prisma migrate deploy` writes its record before and after, and what is killed in between
 * is refused for good (P3009).
 * @param last the last one that is applied @default the newest
 * @throws Error when there is no such migration, or with what PostgreSQL said to one
 */
export async function applyMigrations(client: pg.Client, last?: string): Promise<void> {
  const names = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  if (last !== undefined && !names.includes(last)) throw new Error(`There is no migration ${last} in ${FOLDER}.`);
  await client.query("SELECT pg_advisory_lock(hashtext($1), 0)", [LOCK]);
  try {
    await client.query(APPLIED);
    const { rows } = await client.query<{ name: string }>(
      "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
    );
    const applied = new Set(rows.map(({ name }) => name));
    for (const name of names.sort())
      if (!applied.has(name) && (last === undefined || name <= last)) await apply(client, name);
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext($1), 0)", [LOCK]).catch(() => {}); // it goes with the connection
  }
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const script = readFileSync(join(FOLDER, name, "migration.sql"), "utf8");
  try {
    await client.query("BEGIN");
    await client.query(script);
    // what Prisma's command line had begun and not ended
    await client.query(
      "UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL",
      [name],
    );
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), $3, 1)`,
      [randomUUID(), createHash("sha256").update(script).digest("hex"), name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => {}); // PostgreSQL does when the connection is gone
    const said = cause instanceof Error ? cause.message : cause;
    throw new Error(
      `The migration ${name} failed, and nothing of it was applied: ${said}. Mend what that says and migrate again.`,
      { cause },
    );
  }
}
