import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SessionSeal, SessionSecret } from "@herald/core";

/** "HRLD" and the version of the layout: magic 4, version 1, iv 12, tag 16, ciphertext. */
const HEADER = Buffer.from("HRLD\x01", "latin1");
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const CIPHER = "aes-256-gcm";

/**
 * AES-256-GCM by `key` (32 bytes), bound to the session's id, so that one sealed secret cannot stand in for another.
 * @throws Error when the key has another length; `open` throws when it does not open
 */
export function createSessionSeal(key: Uint8Array): SessionSeal {
  if (key.length !== KEY_BYTES) throw new Error(`The session key has ${key.length} bytes; it must have ${KEY_BYTES}.`);
  return {
    seal: (sessionId, secret) => encrypt(sessionId, secret, key),
    open: (sessionId, sealed) => decrypt(sessionId, Buffer.from(sealed), key),
  };
}

function encrypt(sessionId: string, secret: SessionSecret, key: Uint8Array): Buffer {
  const { authKey, ...address } = secret;
  const plain = JSON.stringify({ ...address, authKey: Buffer.from(authKey).toString("base64") });
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(boundTo(sessionId));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([HEADER, iv, cipher.getAuthTag(), sealed]);
}

function decrypt(sessionId: string, file: Buffer, key: Uint8Array): SessionSecret {
  const start = HEADER.length + IV_BYTES + TAG_BYTES;
  if (file.length <= start || !file.subarray(0, HEADER.length).equals(HEADER))
    throw new Error(`The file of session ${sessionId} is not one that this version of Herald wrote.`);
  const iv = file.subarray(HEADER.length, HEADER.length + IV_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(sessionId))
      .setAuthTag(file.subarray(HEADER.length + IV_BYTES, start));
    const plain = Buffer.concat([decipher.update(file.subarray(start)), decipher.final()]).toString("utf8");
    const { dcId, host, port, authKey } = JSON.parse(plain) as Omit<SessionSecret, "authKey"> & { authKey: string };
    return { dcId, host, port, authKey: Buffer.from(authKey, "base64") };
  } catch {
    throw new Error(`The file of session ${sessionId} does not open: it is damaged, or was written with another key.`);
  }
}

const boundTo = (sessionId: string) => Buffer.concat([HEADER, Buffer.from(sessionId)]);
