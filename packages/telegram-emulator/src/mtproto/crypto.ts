import { hash, randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { getWasmUrl, ige256Decrypt, ige256Encrypt, initSync } from "@mtcute/wasm";

initSync(readFileSync(getWasmUrl()));

export { ige256Decrypt, ige256Encrypt };

export const sha1 = (data: Uint8Array): Buffer => hash("sha1", data, "buffer");
export const sha256 = (data: Uint8Array): Buffer => hash("sha256", data, "buffer");

/** Offsets into the auth key: messages from the client use x = 0, from the server x = 8. */
export type Direction = 0 | 8;
export const FROM_CLIENT: Direction = 0;
export const FROM_SERVER: Direction = 8;

const MSG_KEY_PART_BYTES = 32;

/** The first eight bytes of a packet: SHA-1 of the key, its low 64 bits. */
export function authKeyId(authKey: Buffer): bigint {
  return sha1(authKey).readBigInt64LE(12);
}

/** MTProto 2.0 key derivation: https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector */
function aesKeyAndIv(authKey: Buffer, msgKey: Buffer, x: Direction): { key: Buffer; iv: Buffer } {
  const forA = Buffer.allocUnsafe(52);
  msgKey.copy(forA, 0);
  authKey.copy(forA, 16, x, x + 36);
  const forB = Buffer.allocUnsafe(52);
  authKey.copy(forB, 0, x + 40, x + 76);
  msgKey.copy(forB, 36);
  const a = sha256(forA);
  const b = sha256(forB);
  const key = Buffer.allocUnsafe(32);
  a.copy(key, 0, 0, 8);
  b.copy(key, 8, 8, 24);
  a.copy(key, 24, 24, 32);
  const iv = Buffer.allocUnsafe(32);
  b.copy(iv, 0, 0, 8);
  a.copy(iv, 8, 8, 24);
  b.copy(iv, 24, 24, 32);
  return { key, iv };
}

/** The plaintext (salt, session, message, padding), or undefined when the message key does not belong to it. */
export function decryptMessage(authKey: Buffer, packet: Buffer, x: Direction): Buffer | undefined {
  const encrypted = packet.subarray(24, packet.length - ((packet.length - 24) % 16));
  if (encrypted.length === 0) return undefined;
  const msgKey = packet.subarray(8, 24);
  const { key, iv } = aesKeyAndIv(authKey, msgKey, x);
  const plain = Buffer.allocUnsafe(MSG_KEY_PART_BYTES + encrypted.length);
  authKey.copy(plain, 0, 88 + x, 88 + x + MSG_KEY_PART_BYTES);
  plain.set(ige256Decrypt(encrypted, key, iv), MSG_KEY_PART_BYTES);
  if (!sha256(plain).subarray(8, 24).equals(msgKey)) return undefined;
  return plain.subarray(MSG_KEY_PART_BYTES);
}

/** A whole encrypted packet of `head` (salt, session id, message id, sequence number, length) and `body`. */
export function encryptMessage(authKey: Buffer, keyId: bigint, head: Buffer, body: Buffer, x: Direction): Buffer {
  const length = head.length + body.length;
  const padding = 12 + ((16 - ((length + 12) % 16)) % 16);
  const plain = Buffer.allocUnsafe(MSG_KEY_PART_BYTES + length + padding);
  authKey.copy(plain, 0, 88 + x, 88 + x + MSG_KEY_PART_BYTES);
  head.copy(plain, MSG_KEY_PART_BYTES);
  body.copy(plain, MSG_KEY_PART_BYTES + head.length);
  randomFillSync(plain, MSG_KEY_PART_BYTES + length);
  const msgKey = sha256(plain).subarray(8, 24);
  const { key, iv } = aesKeyAndIv(authKey, msgKey, x);
  const encrypted = ige256Encrypt(plain.subarray(MSG_KEY_PART_BYTES), key, iv);
  const packet = Buffer.allocUnsafe(24 + encrypted.length);
  packet.writeBigInt64LE(keyId, 0);
  msgKey.copy(packet, 8);
  packet.set(encrypted, 24);
  return packet;
}

/** The temporary key that protects the last two steps of the key exchange. */
export function handshakeKeyAndIv(serverNonce: Buffer, newNonce: Buffer): { key: Buffer; iv: Buffer } {
  const a = sha1(Buffer.concat([newNonce, serverNonce]));
  const b = sha1(Buffer.concat([serverNonce, newNonce]));
  const c = sha1(Buffer.concat([newNonce, newNonce]));
  return {
    key: Buffer.concat([a, b.subarray(0, 12)]),
    iv: Buffer.concat([b.subarray(12, 20), c, newNonce.subarray(0, 4)]),
  };
}
