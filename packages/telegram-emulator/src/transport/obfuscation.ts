import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from "node:crypto";

/** AES-CTR over a whole stream, keyed by the client's first 64 bytes: https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation */
export interface Obfuscation {
  /** The framing's tag that the client hid in its header. */
  readonly tag: number;
  readonly decipher: Decipheriv;
  readonly cipher: Cipheriv;
}

export const OBFUSCATION_HEADER_BYTES = 64;

export function openObfuscation(header: Buffer): Obfuscation {
  const reversed = Buffer.from(header.subarray(8, 56)).reverse();
  const decipher = createDecipheriv("aes-256-ctr", header.subarray(8, 40), header.subarray(40, 56));
  const cipher = createCipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32, 48));
  const plain = decipher.update(header);
  return { tag: plain.readUInt32LE(56), decipher, cipher };
}
