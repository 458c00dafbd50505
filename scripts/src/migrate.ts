import { createRequire } from "node:module";
import pg from "pg";
import { run } from "./processes.ts";
import { ROOT } from "./root.ts";
import { applySqlFunctions } from "./sql-functions.ts";

/**
 * Brings the database at `url` to the newest schema, and its functions to what they are now.
 * @throws Error with what Prisma or PostgreSQL said
 */
export async function migrate(url: string, signal?: AbortSignal): Promise<void> {
  const prisma = createRequire(`${ROOT}/package.json`).resolve("prisma/build/index.js");
  const command = { name: "Migrating the database", command: process.execPath, args: [prisma, "migrate", "deploy"] };
  await run({ ...command, env: { DATABASE_URL: url } }, signal);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await applySqlFunctions(client);
  } finally {
    await client.end();
  }
}
