import type { SessionSecret } from "../model/domain.ts";

/** Reads what an admin uploads: tells the format by content, never by the file's name. */
export interface SessionReader {
  read(file: {
    name: string;
    content: Uint8Array;
  }): { ok: true; format: string; secret: SessionSecret } | { ok: false; reason: string };
}
