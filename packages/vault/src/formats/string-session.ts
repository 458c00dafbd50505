import type { ReadSession } from "@herald/core";
import { AUTH_KEY_BYTES, sessionFound } from "./format.ts";

/** dc u8, IPv4 or IPv6 address, port u16, key. Telethon, sessions/string.py. */
const TELETHON_IPV4_BYTES = 1 + 4 + 2 + AUTH_KEY_BYTES;
const TELETHON_IPV6_BYTES = 1 + 16 + 2 + AUTH_KEY_BYTES;
/** GramJS: what stands beside the host name. */
const GRAMJS_FRAME_BYTES = 1 + 2 + 2 + AUTH_KEY_BYTES;
/** Pyrogram's three layouts (dc, test mode, key, user id, bot; the newest with an api id). They have no version in front. */
const PYROGRAM_BYTES = [263, 267, 271];

const HOST = /^[a-z0-9.:-]{3,64}$/i;

const fromBase64 = (text: string) => Buffer.from(text, "base64url");

/** Whether `text` has the look of some client's session string; {@link readStringSession} says which. */
export function isSessionString(text: string): boolean {
  return /^[\w+/-]{340,480}={0,2}$/.test(text);
}

/** Reads a Telethon or GramJS session string. */
export function readStringSession(text: string): ReadSession {
  const data = text.startsWith("1") ? fromBase64(text.slice(1)) : undefined;
  if (data !== undefined) {
    const read = readGramJs(data) ?? readTelethon(data);
    if (read !== undefined) return read;
  }
  if (PYROGRAM_BYTES.includes(fromBase64(text).length))
    return {
      ok: false,
      reason:
        "This is a Pyrogram session string, which Herald does not read. Log the account in with Telethon or GramJS, and upload that session.",
    };
  return {
    ok: false,
    reason:
      "This is not a complete session string. Telethon's have 353 or 369 characters: copy all of it, on one line.",
  };
}

/** `1` + base64 of dc u8, host length i16, host, port i16, key. A 369-character string may be Telethon's (IPv6) as well. */
function readGramJs(data: Buffer): ReadSession | undefined {
  const hostLength = data.length - GRAMJS_FRAME_BYTES;
  if (data.readInt16BE(1) !== hostLength) return undefined;
  const host = data.toString("latin1", 3, 3 + hostLength);
  if (!HOST.test(host)) return undefined;
  return sessionFound("GramJS string", {
    dcId: data.readUInt8(0),
    host,
    port: data.readUInt16BE(3 + hostLength),
    authKey: data.subarray(-AUTH_KEY_BYTES),
  });
}

function readTelethon(data: Buffer): ReadSession | undefined {
  if (data.length !== TELETHON_IPV4_BYTES && data.length !== TELETHON_IPV6_BYTES) return undefined;
  const address = data.subarray(1, -(2 + AUTH_KEY_BYTES));
  return sessionFound("Telethon string", {
    dcId: data.readUInt8(0),
    host: address.length === 4 ? address.join(".") : (address.toString("hex").match(/.{4}/g) ?? []).join(":"),
    port: data.readUInt16BE(1 + address.length),
    authKey: data.subarray(-AUTH_KEY_BYTES),
  });
}
