import pg from "pg";
import { provide } from "./postgresql/role.ts";
import { startServer } from "./postgresql/server.ts";
import { urlOf } from "./postgresql/socket.ts";

export type Database = {
  /** connection string of the database, as its owner */
  url: string;
  /** the same as somebody who may make databases */
  adminUrl: string;
  /** whether the server ran before: Herald is running, or was killed */
  wasRunning: boolean;
  /** Stops the server, disconnecting whoever is left. */
  stop(): void;
};

/** What opens a PostgreSQL of our own. */
export type Passwords = {
  superuser: string;
  /** of the role that owns the databases */
  owner: string;
};

/**
 * Starts a PostgreSQL of the project's own (see {@link startServer}), and makes sure that the database `name` exists, which
 * belongs to a role that is no superuser.
 *
 * @param options.folder where the data lives; made when missing
 * @param options.durable false for tests: a crash may lose data @default true
 * @throws Error with the last lines of PostgreSQL's log
 */
export async function startDatabase(options: {
  folder: string;
  name: string;
  passwords: Passwords;
  durable?: boolean;
}): Promise<Database> {
  const { folder, name, passwords, durable = true } = options;
  const server = await startServer({ folder, password: passwords.superuser, durable });
  try {
    const owner = await provide(server.superuserUrl, { name, password: passwords.owner });
    const { wasRunning, stop } = server;
    return { url: urlOf(server.socket, owner, name), adminUrl: server.superuserUrl(name), wasRunning, stop };
  } catch (error) {
    if (!server.wasRunning) server.stop();
    throw error;
  }
}

/** Makes the database where it is missing. */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
}
