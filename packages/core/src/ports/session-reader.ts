import type { SessionSecret } from "../model/domain.ts";

/** What is in an uploaded file; or why it cannot be used and what to do, without any of the content. */
export type ReadSession = { ok: true; secret: SessionSecret } | { ok: false; reason: string };

/** Reads what an admin uploads: tells the format by content, never by the file's name. */
export interface SessionReader {
  read(content: Uint8Array): ReadSession;
}
