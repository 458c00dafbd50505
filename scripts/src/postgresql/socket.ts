import { mkdtempSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { giveAway, hashOf, isPrivate } from "./account.ts";

/** The longest path of a socket in bytes: of macOS, four less than Linux takes (unix(7), sun_path). */
const LONGEST_PATH = 103;
/** Not `tmpdir()`, which can be as deep, and another one in another terminal. */
const TEMPORARY = "/tmp";

/** PostgreSQL names its socket after a port, though it listens on none. */
export const PORT = 5432;

/** The socket in a folder. */
export const socketIn = (folder: string): string => join(folder, `.s.PGSQL.${PORT}`);

/**
 * Where the server of `folder` has its socket: there, or where that is too deep for a socket, in a short folder that nobody
 * else may enter. That one is the same each time, until the system clears its temporary folder: engines that live through
 * a restart of PostgreSQL come back to it.
 */
export function socketFolder(folder: string): string {
  if (Buffer.byteLength(socketIn(folder)) <= LONGEST_PATH) return folder;
  const prefix = `herald-${hashOf(folder)}-`;
  const names = readdirSync(TEMPORARY).filter((name) => name.startsWith(prefix));
  const kept = names.map((name) => join(TEMPORARY, name)).find(isPrivate);
  if (kept !== undefined) return kept;
  const made = mkdtempSync(join(TEMPORARY, prefix));
  giveAway(made);
  return made;
}

/** The connection string of a database of the server whose socket is in `folder`. */
export function urlOf(folder: string, who: { user: string; password: string }, database: string): string {
  const [user, password, name] = [who.user, who.password, database].map(encodeURIComponent);
  // A host is written though none is meant: a URL that names a user must have one.
  return `postgresql://${user}:${password}@localhost/${name}?host=${encodeURIComponent(folder)}`;
}

/** Whether somebody listens on the socket in `folder`. */
export function answers(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketIn(folder));
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
