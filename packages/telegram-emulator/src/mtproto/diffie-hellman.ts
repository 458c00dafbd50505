import { createDiffieHellman, type DiffieHellman, randomBytes } from "node:crypto";

/** The prime that Telegram's own servers use; clients that know it skip the test for a safe prime. */
export const DH_PRIME = Buffer.from(
  "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac9" +
    "25139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4a" +
    "c8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17" +
    "ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959" +
    "d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b",
  "hex",
);
export const DH_GENERATOR = 3;

/** Twice the strength of a 2048-bit group (RFC 7919, 5.2): longer exponents only cost time. Bytes. */
const PRIVATE_BYTES = 32;

let group: DiffieHellman | undefined;

/** Node checks the prime when such an object is made, which takes long: one a process, when first needed. */
function groupWith(privateKey: Buffer): DiffieHellman {
  group ??= createDiffieHellman(DH_PRIME, Buffer.of(DH_GENERATOR));
  group.setPrivateKey(privateKey);
  return group;
}

export interface DhKeys {
  readonly privateKey: Buffer;
  readonly publicKey: Buffer;
}

export function generateDhKeys(): DhKeys {
  const privateKey = randomBytes(PRIVATE_BYTES);
  return { privateKey, publicKey: groupWith(privateKey).generateKeys() };
}

/** base^exponent modulo the prime, as 256 bytes. */
export function powerModPrime(base: Buffer, exponent: Buffer): Buffer {
  const power = groupWith(exponent).computeSecret(base);
  return Buffer.concat([Buffer.alloc(DH_PRIME.length - power.length), power]);
}

/**
 * The shared secret, without leading zero bytes: GramJS, mtcute and Telethon all turn the number into its shortest bytes,
 * so a padded key would differ from theirs once in 256 exchanges. @throws Error on a value outside the group
 */
export function sharedSecret(privateKey: Buffer, otherPublicKey: Buffer): Buffer {
  const secret = powerModPrime(otherPublicKey, privateKey);
  let start = 0;
  while (secret[start] === 0) start++;
  return Buffer.from(secret.subarray(start));
}
