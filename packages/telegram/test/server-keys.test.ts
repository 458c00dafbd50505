import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { _serverKeys } from "telegram/crypto/RSA.js";
import { serializeBytes } from "telegram/tl/generationHelpers.js";
import { expect, test } from "vitest";
import { trustServerKey } from "../src/gram/server-keys.ts";

test("the fingerprint is the one that Telegram names its own keys by", () => {
  const builtIn = [..._serverKeys];
  expect(builtIn.length).toBeGreaterThan(0);
  for (const [fingerprint, { n, e }] of builtIn) {
    const hex = n.toString(16);
    const jwk = {
      kty: "RSA",
      n: Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url"),
      e: Buffer.from(e.toString(16).padStart(6, "0"), "hex").toString("base64url"),
    };
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "pkcs1", format: "pem" }).toString();
    expect(trustServerKey(pem).toString()).toBe(fingerprint);
  }
});

test.each([
  [512, 3],
  [520, 65_537],
  [2_032, 65_537],
  [2_040, 65_537],
])("a key of %i bits, with the exponent %i, is trusted by its fingerprint", (modulusLength, publicExponent) => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const [modulus, exponent] = [Buffer.from(n, "base64url"), Buffer.from(e, "base64url")];
  const digest = createHash("sha1").update(serializeBytes(modulus)).update(serializeBytes(exponent)).digest();
  const fingerprint = trustServerKey(publicKey.export({ type: "spki", format: "pem" }).toString());
  expect(fingerprint).toBe(digest.readBigInt64LE(12));
  const trusted = _serverKeys.get(fingerprint.toString());
  expect([trusted?.n.toString(16), trusted?.e]).toEqual([modulus.toString("hex"), publicExponent]);
});

test("what is no RSA key is refused", () => {
  expect(() => trustServerKey("no key")).toThrow();
  const { publicKey } = generateKeyPairSync("ed25519");
  expect(() => trustServerKey(publicKey.export({ type: "spki", format: "pem" }).toString())).toThrow(/no RSA key/);
});
