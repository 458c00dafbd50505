import { createHash, createPublicKey } from "node:crypto";
import bigInt from "big-integer";
import { _serverKeys } from "telegram/crypto/RSA.js";

/**
 * Lets key exchanges trust a server by its RSA public key (PEM), beside Telegram's own. A stored auth key needs none.
 * Returns the key's fingerprint: the lower 64 bits of the SHA-1 of its TL form, https://core.telegram.org/mtproto/auth_key
 */
export function trustServerKey(pem: string): bigint {
  const { n, e } = createPublicKey(pem).export({ format: "jwk" });
  if (n === undefined || e === undefined) throw new Error("The server's public key is no RSA key.");
  const modulus = Buffer.from(n, "base64url");
  const exponent = Buffer.from(e, "base64url");
  const digest = createHash("sha1").update(tlBytes(modulus)).update(tlBytes(exponent)).digest();
  const fingerprint = digest.readBigInt64LE(digest.length - 8);
  _serverKeys.set(fingerprint.toString(), {
    n: bigInt(modulus.toString("hex"), 16),
    e: exponent.readUIntBE(0, exponent.length),
  });
  return fingerprint;
}

/** TL `bytes`: length in front, padded to four. https://core.telegram.org/mtproto/serialize */
function tlBytes(data: Buffer): Buffer {
  const head =
    data.length < 254
      ? Buffer.from([data.length])
      : Buffer.from([254, data.length & 0xff, (data.length >> 8) & 0xff, data.length >> 16]);
  return Buffer.concat([head, data, Buffer.alloc((4 - ((head.length + data.length) % 4)) % 4)]);
}
