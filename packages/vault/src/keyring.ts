import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Opened, Seal } from "@herald/core";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** "HRLD" and the version of the layout, then: key id 4, iv 12, tag 16, ciphertext. The context and all before the iv are authenticated. */
const CURRENT = Buffer.from("HRLD\x02", "latin1");
/** The layouts of before there were key ids: iv, tag, ciphertext, after this magic (session files) or none (api_hashes). */
const FILES_BEFORE = Buffer.from("HRLD\x01", "latin1");
const NOTHING = Buffer.alloc(0);
/** Stands for the id of the key in them. */
const UNNAMED = "unnamed";

/** What stands in front of the iv, and which key it names. */
interface Layout {
  head: Buffer;
  /** null in the layouts that name none */
  keyId: string | null;
}

/**
 * The keys of this Herald, 32 bytes each: `current` seals, and it and the `old` ones open. What is sealed names its key by the
 * first 4 bytes of the key's SHA-256, in hexadecimal where a person reads it.
 *
 * @throws Error when a key has another length
 */
export function createKeyring({ current, old }: { current: Uint8Array; old: readonly Uint8Array[] }): Seal {
  const keys = new Map([current, ...old].map((key) => [keyIdOf(key), key]));
  const currentId = keyIdOf(current);
  const currentHead = Buffer.concat([CURRENT, Buffer.from(currentId, "hex")]);

  const open = (context: string, sealed: Buffer): Opened => {
    const { head, keyId } = layoutOf(sealed);
    const isWhole = sealed.length >= head.length + IV_BYTES + TAG_BYTES;
    if (keyId !== null && !keys.has(keyId))
      return {
        ok: false,
        reason: `it is sealed with the key ${keyId}, which is neither SESSION_KEY nor in SESSION_KEYS_OLD`,
        missingKey: isWhole ? keyId : null,
      };
    for (const key of keys.values()) {
      const plain = decrypt(key, head, context, sealed.subarray(head.length));
      if (plain !== null) return { ok: true, plain };
    }
    return {
      ok: false,
      reason:
        keyId === null
          ? "it is damaged, or was sealed with a key that is neither SESSION_KEY nor in SESSION_KEYS_OLD"
          : "it is damaged, or belongs to something else",
      missingKey: keyId === null && isWhole ? UNNAMED : null,
    };
  };
  return {
    keyIds: [currentId, ...[...keys.keys()].filter((id) => id !== currentId)],
    seal(context, plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, current, iv).setAAD(boundTo(currentHead, context));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return new Uint8Array(Buffer.concat([currentHead, iv, cipher.getAuthTag(), text]));
    },
    open: (context, sealed) => open(context, Buffer.from(sealed)),
    isCurrent: (sealed) => startsWith(Buffer.from(sealed), currentHead),
  };
}

function keyIdOf(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new Error(`A session key has ${key.length} bytes; it must have ${KEY_BYTES}.`);
  return createHash("sha256").update(key).digest().subarray(0, KEY_ID_BYTES).toString("hex");
}

/** An api_hash of before begins with its random iv: it looks like another layout once in 2⁴⁰. */
function layoutOf(sealed: Buffer): Layout {
  if (startsWith(sealed, CURRENT)) {
    const head = sealed.subarray(0, CURRENT.length + KEY_ID_BYTES);
    return { head, keyId: head.subarray(CURRENT.length).toString("hex") };
  }
  return { head: startsWith(sealed, FILES_BEFORE) ? FILES_BEFORE : NOTHING, keyId: null };
}

/** Null when it does not open. */
function decrypt(key: Uint8Array, head: Buffer, context: string, sealed: Buffer): Buffer | null {
  if (sealed.length < IV_BYTES + TAG_BYTES) return null;
  // Stryker disable next-line ObjectLiteral: the tag that is set below has this length all the same
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(boundTo(head, context))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

const startsWith = (sealed: Buffer, head: Buffer): boolean => sealed.subarray(0, head.length).equals(head);

const boundTo = (head: Buffer, context: string): Buffer => Buffer.concat([head, Buffer.from(context)]);
