import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { crc32 } from "node:zlib";
import bigInt from "big-integer";
import { IGE } from "telegram/crypto/IGE.js";
import * as stock from "telegram/Helpers.js";
import { beforeAll, expect, test } from "vitest";
import {
  NativeIge,
  readBigIntFromBuffer,
  readBufferFromBigInt,
  toSignedLittleBuffer,
  useNativeFunctions,
} from "../src/gram/native.ts";

// Bound before the replacement: the named imports of a CommonJS module stay what they were.
const { readBigIntFromBuffer: readStock, readBufferFromBigInt: bufferStock, toSignedLittleBuffer: toStock } = stock;

beforeAll(() => useNativeFunctions());

/** Random, and the edges where signs and leading zeros go wrong. */
function samples(bytes: number): Buffer[] {
  const edges = [0x00, 0xff].map((byte) => Buffer.alloc(bytes, byte));
  const ends = [0x7f, 0x80, 0x01].flatMap((byte) => {
    const low = Buffer.alloc(bytes);
    low.writeUInt8(byte, 0);
    const high = Buffer.alloc(bytes);
    high.writeUInt8(byte, bytes - 1);
    return [low, high];
  });
  return [...edges, ...ends, ...Array.from({ length: 300 }, () => randomBytes(bytes))];
}

test.each([8, 16, 32])("integers of %i bytes are read as GramJS reads them", (bytes) => {
  for (const buffer of samples(bytes))
    for (const little of [true, false])
      for (const signed of [true, false])
        expect(readBigIntFromBuffer(buffer, little, signed).toString()).toBe(
          readStock(buffer, little, signed).toString(),
        );
});

test.each([8, 16, 32])("integers of %i bytes are written as GramJS writes them", (bytes) => {
  for (const buffer of samples(bytes))
    for (const signed of [true, false]) {
      const value = readStock(buffer, true, signed);
      expect(toSignedLittleBuffer(value, bytes)).toEqual(toStock(value, bytes));
      for (const little of [true, false])
        expect(readBufferFromBigInt(value, bytes, little, signed)).toEqual(bufferStock(value, bytes, little, signed));
    }
  expect(() => readBufferFromBigInt(bigInt(2).pow(bytes * 8), bytes)).toThrow(/too big/);
  expect(() => readBufferFromBigInt(bigInt(-1), bytes)).toThrow(/unsigned/);
  const lowest = bigInt(2)
    .pow(bytes * 8)
    .negate();
  expect(readBufferFromBigInt(lowest, bytes, true, true)).toEqual(Buffer.alloc(bytes));
  expect(() => readBufferFromBigInt(lowest.minus(1), bytes, true, true)).toThrow(/too big/);
  for (const value of [0, 1, -1, 2 ** 31, "-9223372036854775808", bigInt(77)])
    expect(toSignedLittleBuffer(value)).toEqual(toStock(value));
});

test("integers are little and without a sign, unless it is said, and no bytes are none", () => {
  const buffer = Buffer.from("01020304050607ff", "hex");
  expect(readBigIntFromBuffer(buffer).toString()).toBe(readStock(buffer).toString());
  expect(readBigIntFromBuffer(buffer, false).toString()).toBe(readStock(buffer, false).toString());
  expect(readBufferFromBigInt(bigInt(1), 8)).toEqual(bufferStock(bigInt(1), 8));
  expect(readBigIntFromBuffer(Buffer.alloc(0)).toString()).toBe("0");
});

test("AES-IGE comes to the same bytes, and reads them back", () => {
  const kept: Array<{ made: Buffer; copy: Buffer }> = [];
  for (const size of [16, 32, 48, 256, 1040]) {
    const [key, iv, plain] = [randomBytes(32), randomBytes(32), randomBytes(size)];
    const made = new NativeIge(key, iv).encryptIge(plain);
    kept.push({ made, copy: Buffer.from(made) });
    expect(made).toEqual(Buffer.from(new IGE(key, iv).encryptIge(plain)));
    expect(new NativeIge(key, iv).decryptIge(made)).toEqual(plain);
  }
  for (const { made, copy } of kept) expect(made).toEqual(copy);
  expect(new NativeIge(randomBytes(32), randomBytes(32)).encryptIge(randomBytes(20))).toHaveLength(32);
  expect(() => new NativeIge(randomBytes(32), randomBytes(32)).decryptIge(randomBytes(20))).toThrow(/ciphertext/);
});

test("GramJS itself uses them", () => {
  const require = createRequire(import.meta.url);
  expect(require("telegram/crypto/IGE.js").IGE).toBe(NativeIge);
  expect(require("telegram/Helpers.js")).toMatchObject({
    crc32,
    readBigIntFromBuffer,
    readBufferFromBigInt,
    toSignedLittleBuffer,
  });
});
