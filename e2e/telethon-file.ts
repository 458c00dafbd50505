import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A Telethon `.session` file, as Telethon 1.x writes it: SQLite with the tables of its schema version 7. */
export function telethonFile(authKey: Buffer): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "telethon-"));
  try {
    const path = join(folder, "account.session");
    const file = new DatabaseSync(path);
    file.exec(`
      CREATE TABLE version (version INTEGER PRIMARY KEY);
      INSERT INTO version VALUES (7);
      CREATE TABLE sessions (dc_id INTEGER PRIMARY KEY, server_address TEXT, port INTEGER, auth_key BLOB, takeout_id INTEGER);
      CREATE TABLE entities (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, username TEXT, phone INTEGER, name TEXT, date INTEGER);
      CREATE TABLE sent_files (md5_digest BLOB, file_size INTEGER, type INTEGER, id INTEGER, hash INTEGER, PRIMARY KEY (md5_digest, file_size, type));
      CREATE TABLE update_state (id INTEGER PRIMARY KEY, pts INTEGER, qts INTEGER, date INTEGER, seq INTEGER);
    `);
    file.prepare("INSERT INTO sessions VALUES (2, '149.154.167.51', 443, ?, NULL)").run(authKey);
    file.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
