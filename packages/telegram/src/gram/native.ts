import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { crc32 } from "node:zlib";
import { ige256Decrypt, ige256Encrypt, initSync } from "@mtcute/wasm";
import bigInt from "big-integer";

// GramJS computes on digits and bytes in JavaScript. It looks these functions up on its modules at every call, so that what
// Node.js has natively can stand in for them, with the same results (native.test.ts compares them).
const require = createRequire(import.meta.url);
const helpers: typeof import("telegram/Helpers.js") = require("telegram/Helpers.js");
const ige: { IGE: unknown } = require("telegram/crypto/IGE.js");

const BLOCK_BYTES = 16;

type Integer = bigInt.BigInteger | string | number | bigint;

export function readBigIntFromBuffer(buffer: Buffer, little = true, signed = false): bigInt.BigInteger {
  if (little && buffer.length === 8) return bigInt(signed ? buffer.readBigInt64LE(0) : buffer.readBigUInt64LE(0));
  const digits = little ? Buffer.from(buffer).reverse() : buffer;
  const value = BigInt(`0x${digits.toString("hex") || "0"}`);
  return bigInt(signed ? BigInt.asIntN(buffer.length * 8, value) : value);
}

/** big-integer wraps a native bigint wherever there are any, which is shorter than the way through digits. */
function native(value: Integer): bigint {
  const { value: wrapped } = value as { value?: unknown };
  return typeof wrapped === "bigint" ? wrapped : BigInt(value.toString());
}

export function readBufferFromBigInt(value: Integer, bytes: number, little = true, signed = false): Buffer {
  const number = native(value);
  if (!signed && number < 0n) throw new Error("Cannot convert to unsigned");
  if (number < 0n ? number < -(1n << BigInt(bytes * 8)) : number >> BigInt(bytes * 8) !== 0n)
    throw new Error("OverflowError: int too big to convert");
  const buffer = toSignedLittleBuffer(number, bytes);
  return little ? buffer : buffer.reverse();
}

export function toSignedLittleBuffer(value: Integer, bytes = 8): Buffer {
  const number = BigInt.asUintN(bytes * 8, native(value));
  if (bytes === 8) {
    const buffer = Buffer.allocUnsafe(8);
    buffer.writeBigUInt64LE(number);
    return buffer;
  }
  return Buffer.from(number.toString(16).padStart(bytes * 2, "0"), "hex").reverse();
}

/** AES-256-IGE. https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector */
export class NativeIge {
  readonly #key: Buffer;
  readonly #iv: Buffer;

  constructor(key: Buffer, iv: Buffer) {
    this.#key = key;
    this.#iv = iv;
  }

  decryptIge(data: Buffer): Buffer {
    if (data.length % BLOCK_BYTES !== 0) throw new Error("This is no AES-IGE ciphertext.");
    return asBuffer(ige256Decrypt(data, this.#key, this.#iv));
  }

  /** Pads with random bytes to whole blocks, which a key exchange relies on. */
  encryptIge(data: Buffer): Buffer {
    const padding = randomBytes((BLOCK_BYTES - (data.length % BLOCK_BYTES)) % BLOCK_BYTES);
    const blocks = padding.length === 0 ? data : Buffer.concat([data, padding]);
    return asBuffer(ige256Encrypt(blocks, this.#key, this.#iv));
  }
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Puts the native functions in GramJS's place, for the whole process. Idempotent. */
export function useNativeFunctions(): void {
  if (ige.IGE === NativeIge) return;
  initSync(readFileSync(require.resolve("@mtcute/wasm/mtcute.wasm")));
  Object.assign(helpers, { readBigIntFromBuffer, readBufferFromBigInt, toSignedLittleBuffer, crc32 });
  ige.IGE = NativeIge;
}
