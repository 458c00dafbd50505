import { pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import { sha256 } from "../mtproto/crypto.ts";
import { DH_GENERATOR, DH_PRIME, powerModPrime } from "../mtproto/diffie-hellman.ts";

const PBKDF2_ITERATIONS = 100_000;
const NUMBER_BYTES = 256;

/** What the server keeps of a password: https://core.telegram.org/api/srp */
export interface Verifier {
  readonly salt1: Buffer;
  readonly salt2: Buffer;
  readonly v: Buffer;
}

/** One question to a client, good for one answer. */
export interface Challenge {
  readonly verifier: Verifier;
  readonly id: bigint;
  readonly b: Buffer;
  readonly publicB: Buffer;
}

const GENERATOR = Buffer.alloc(NUMBER_BYTES);
GENERATOR.writeUInt8(DH_GENERATOR, NUMBER_BYTES - 1);

const salted = (data: Buffer, salt: Buffer) => sha256(Buffer.concat([salt, data, salt]));
const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
const bytesOf = (value: bigint) => Buffer.from(value.toString(16).padStart(NUMBER_BYTES * 2, "0"), "hex");
const prime = number(DH_PRIME);

export function makeVerifier(password: string): Verifier {
  const salt1 = randomBytes(16);
  const salt2 = randomBytes(16);
  const inner = salted(salted(Buffer.from(password), salt1), salt2);
  const x = salted(pbkdf2Sync(inner, salt1, PBKDF2_ITERATIONS, 64, "sha512"), salt2);
  return { salt1, salt2, v: powerModPrime(GENERATOR, x) };
}

export function challenge(verifier: Verifier): Challenge {
  const b = randomBytes(32);
  const k = number(sha256(Buffer.concat([DH_PRIME, GENERATOR])));
  const publicB = bytesOf((k * number(verifier.v) + number(powerModPrime(GENERATOR, b))) % prime);
  return { verifier, b, publicB, id: randomBytes(8).readBigInt64LE(0) };
}

/** Whether the client knows the password. */
export function checkProof(question: Challenge, clientA: Buffer, proof: Buffer): boolean {
  const { verifier, b, publicB } = question;
  if (clientA.length > NUMBER_BYTES || number(clientA) % prime === 0n) return false;
  const a = bytesOf(number(clientA));
  const u = sha256(Buffer.concat([a, publicB]));
  const shared = powerModPrime(bytesOf((number(a) * number(powerModPrime(verifier.v, u))) % prime), b);
  const hashes = sha256(DH_PRIME).map((byte, index) => byte ^ (sha256(GENERATOR)[index] as number));
  const expected = sha256(
    Buffer.concat([hashes, sha256(verifier.salt1), sha256(verifier.salt2), a, publicB, sha256(shared)]),
  );
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}
