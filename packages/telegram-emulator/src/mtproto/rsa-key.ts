import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
} from "node:crypto";
import { Writer } from "../tl/writer.ts";
import { ige256Decrypt, sha1, sha256 } from "./crypto.ts";

/** The server's RSA key, with which clients encrypt the first secret of the key exchange. */
export interface RsaKey {
  readonly privateKey: KeyObject;
  /** PKCS#1 PEM of the public half. */
  readonly publicPem: string;
  /** Low 64 bits of the SHA-1 of the key's TL form, by which clients name it. */
  readonly fingerprint: bigint;
}

const MODULUS_BITS = 2048;
const MODULUS_BYTES = MODULUS_BITS / 8;

/** A key whose fingerprint has no leading zero: mtcute looks keys up by unpadded hexadecimal. */
export function generateRsaKey(): RsaKey {
  for (;;) {
    const key = fromPrivateKey(generateKeyPairSync("rsa", { modulusLength: MODULUS_BITS }).privateKey);
    if (BigInt.asUintN(64, key.fingerprint) >> 60n !== 0n) return key;
  }
}

/** @throws Error when the PEM is not a 2048-bit RSA private key */
export function readRsaKey(pem: string): RsaKey {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails?.modulusLength !== MODULUS_BITS) {
    throw new Error("the RSA key must be a 2048-bit RSA private key in PEM form");
  }
  return fromPrivateKey(key);
}

function fromPrivateKey(privateKey: KeyObject): RsaKey {
  const { n, e } = privateKey.export({ format: "jwk" }) as { n: string; e: string };
  const writer = new Writer();
  writer.bytes(Buffer.from(n, "base64url"));
  writer.bytes(Buffer.from(e, "base64url"));
  return {
    privateKey,
    publicPem: createPublicKey(privateKey.export({ type: "pkcs1", format: "pem" })).export({
      type: "pkcs1",
      format: "pem",
    }) as string,
    fingerprint: sha1(writer.take()).readBigInt64LE(12),
  };
}

/**
 * The inner data of req_DH_params (with whatever padding follows it), by either of the two schemes: RSA_PAD of 2021, or
 * the older SHA-1 hash in front. Undefined when the ciphertext is neither.
 */
export function decryptInnerData(key: RsaKey, encrypted: Buffer): Buffer | undefined {
  if (encrypted.length > MODULUS_BYTES) return undefined;
  const input = Buffer.concat([Buffer.alloc(MODULUS_BYTES - encrypted.length), encrypted]);
  let plain: Buffer;
  try {
    plain = privateDecrypt({ key: key.privateKey, padding: constants.RSA_NO_PADDING }, input);
  } catch {
    return undefined;
  }
  return openRsaPad(plain) ?? openSha1(plain);
}

/** temp_key_xor (32) + AES-IGE(data reversed (192) + SHA256(temp_key + data)): https://core.telegram.org/mtproto/auth_key */
function openRsaPad(plain: Buffer): Buffer | undefined {
  const encrypted = plain.subarray(32);
  const mask = sha256(encrypted);
  const tempKey = Buffer.from(plain.subarray(0, 32).map((byte, index) => byte ^ (mask[index] as number)));
  const opened = Buffer.from(ige256Decrypt(encrypted, tempKey, Buffer.alloc(32)));
  const data = Buffer.from(opened.subarray(0, 192)).reverse();
  return sha256(Buffer.concat([tempKey, data])).equals(opened.subarray(192)) ? data : undefined;
}

/** 0 + SHA1(data) (20) + data + padding. The data's own length is not stated: try each constructor's end. */
function openSha1(plain: Buffer): Buffer | undefined {
  const digest = plain.subarray(1, 21);
  const rest = plain.subarray(21);
  for (let length = 64; length <= rest.length; length += 4) {
    if (sha1(rest.subarray(0, length)).equals(digest)) return rest.subarray(0, length);
  }
  return undefined;
}
