import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps api_hashes encrypted at rest (AES-256-GCM, bound to their api_id): nonce, tag, ciphertext. */
export interface ApiHashCipher {
  encrypt(apiId: number, apiHash: string): Uint8Array<ArrayBuffer>;
  /** Null when the key is another one than it was encrypted with. */
  decrypt(apiId: number, encrypted: Uint8Array): string | null;
}

/** @param key 32 bytes */
export function createApiHashCipher(key: Uint8Array): ApiHashCipher {
  if (key.length !== 32) throw new Error(`The key for API hashes has ${key.length} bytes; it must have 32.`);
  const bind = (apiId: number) => Buffer.from(`api_id ${apiId}`);
  return {
    encrypt(apiId, apiHash) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(bind(apiId));
      const text = Buffer.concat([cipher.update(apiHash, "utf8"), cipher.final()]);
      return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), text]));
    },
    decrypt(apiId, encrypted) {
      const nonce = encrypted.subarray(0, NONCE_BYTES);
      const tag = encrypted.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(bind(apiId)).setAuthTag(tag);
      try {
        return decipher.update(encrypted.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return null;
      }
    },
  };
}
