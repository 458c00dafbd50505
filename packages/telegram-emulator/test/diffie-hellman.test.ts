import { expect, test } from "vitest";
import { powerModPrime, sharedSecret } from "../src/mtproto/diffie-hellman.ts";

/** To the power of one, the other side's number is the secret itself. */
const ONE = Buffer.of(1);

test("a shared secret that begins with zero bytes is as short as its number, as clients have it", () => {
  const number = Buffer.alloc(256, 7);
  expect(sharedSecret(ONE, number)).toEqual(number);
  number.fill(0, 0, 2);
  expect(sharedSecret(ONE, number)).toEqual(number.subarray(2));
  expect(powerModPrime(number, ONE)).toEqual(number);
});
