import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { ROOT } from "./root.ts";

/** The SQL functions, a file a rule. Each says `CREATE OR REPLACE`, so that a rule is changed where it is read. */
const FOLDER = join(ROOT, "prisma/functions");
/** One at a time: two who replace the same function at once are refused by PostgreSQL ("tuple concurrently updated"). */
const LOCK = "herald.functions";

/** Brings the database's functions to what `prisma/functions` says, all or none. Repeatable; meant for after the migrations. */
export async function applySqlFunctions(client: pg.Client): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext($1), 0)", [LOCK]);
    // what a body names may be in a later file
    await client.query("SET LOCAL check_function_bodies = off");
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
    for (const name of files.sort()) await client.query(readFileSync(join(FOLDER, name), "utf8"));
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
