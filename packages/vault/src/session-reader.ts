import type { ReadSession, SessionReader } from "@herald/core";
import { isSqlite, readSqliteSession } from "./formats/sqlite-session.ts";
import { isSessionString, readStringSession } from "./formats/string-session.ts";

const ACCEPTED = "Herald reads Telethon .session files and Telethon and GramJS session strings.";

/** Reads what admins have: Telethon `.session` files (SQLite), Telethon strings, GramJS strings. The content decides, not the name. */
export function createSessionReader(): SessionReader {
  return { read: readSession };
}

function readSession(content: Uint8Array): ReadSession {
  const no = (reason: string): ReadSession => ({ ok: false, reason });
  if (content.length === 0) return no("This file is empty.");
  if (isSqlite(content)) return readSqliteSession(content);
  if (content[0] === 0x50 && content[1] === 0x4b)
    return no(`This is a zip archive. ${ACCEPTED} Unpack it and upload the .session files in it.`);
  const text = Buffer.from(content.subarray(0, 4096))
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2");
  if (isSessionString(text)) return readStringSession(text);
  if (text.startsWith("{"))
    return no("This is the .json that describes a session, not the session: upload the .session file beside it.");
  if (text.split(/\s+/).filter(isSessionString).length > 1)
    return no("This file has several session strings. Upload one file for each.");
  return no(`This is no session that Herald knows. ${ACCEPTED}`);
}
