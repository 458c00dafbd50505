import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ReadSession } from "@herald/core";
import { AUTH_KEY_BYTES, neverLoggedIn, sessionFound } from "./format.ts";

const HEADER = "SQLite format 3\0";

/** Far above what Telethon's caches grow to. */
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

export function isSqlite(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, HEADER.length)).toString("latin1") === HEADER;
}

/** Reads a Telethon `.session` file. It lies on disk for that moment alone, in a folder that only we can read. */
export function readSqliteSession(content: Uint8Array): ReadSession {
  if (content.length > LARGEST_FILE_BYTES)
    return { ok: false, reason: "This file is larger than a session file can be (64 MB)." };
  const folder = mkdtempSync(join(tmpdir(), "herald-session-"));
  try {
    const file = join(folder, "upload.session");
    writeFileSync(file, content, { mode: 0o600 });
    const database = new DatabaseSync(file);
    try {
      return readSessions(database);
    } finally {
      database.close();
    }
  } catch {
    return {
      ok: false,
      reason: "This SQLite file is damaged: upload a complete copy, made while no client has it open.",
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readSessions(database: DatabaseSync): ReadSession {
  // A view of that name could compute for ever.
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sessions' AND type = 'table'").get() === undefined)
    return { ok: false, reason: "This SQLite file is no Telethon session: it has no table “sessions”." };
  const columns = new Set(
    database
      .prepare("PRAGMA table_info(sessions)")
      .all()
      .map((column) => column.name),
  );
  if (columns.has("user_id") && columns.has("test_mode"))
    return {
      ok: false,
      reason:
        "This is a Pyrogram file, which Herald does not read. Log the account in with Telethon or GramJS, and upload that session.",
    };
  for (const column of ["dc_id", "server_address", "port", "auth_key"])
    if (!columns.has(column))
      return { ok: false, reason: "This SQLite file is no Telethon session: its columns are others than Telethon's." };
  const row = database
    .prepare("SELECT dc_id, server_address, port, auth_key FROM sessions WHERE length(auth_key) = ? LIMIT 1")
    .get(AUTH_KEY_BYTES);
  const format = "Telethon file";
  if (row === undefined) return neverLoggedIn(format);
  const { dc_id: dcId, server_address: host, port, auth_key: authKey } = row;
  return sessionFound(format, {
    dcId: Number(dcId),
    host: typeof host === "string" && host !== "" ? host : null,
    port: typeof port === "number" && port > 0 && port < 65_536 ? port : null,
    authKey: authKey instanceof Uint8Array ? authKey : new Uint8Array(),
  });
}
