import pg from "pg";
import { createDatabase } from "./database.ts";
import { applyMigrations } from "./migrations.ts";
import { applySqlFunctions } from "./sql-functions.ts";

/** PostgreSQL's code for a database that does not exist: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NO_SUCH_DATABASE = "3D000";

/**
 * Brings the database at `url` to the newest schema, and its functions to what they are now; makes it where it is missing. It can
 * be killed at any moment and run again.
 * @throws Error with what PostgreSQL said; the signal's reason
 */
export async function migrate(url: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const client = await connect(url);
  const leave = () => void client.end();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    await applyMigrations(client);
    await applySqlFunctions(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", leave);
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // the query that is under way says it
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error;
  }
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = "postgres";
  await createDatabase(server.href, name);
  return connect(url);
}
