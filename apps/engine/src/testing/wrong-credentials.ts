import { createHmac, generateKeyPairSync, sign as signWithKey } from "node:crypto";

type Json = Record<string, unknown>;

/** A token in its parts, to be spoiled in one place and signed again. */
export interface Token {
  header: Json;
  payload: Json;
}

const encode = (part: Json) => Buffer.from(JSON.stringify(part)).toString("base64url");
const decode = (part = ""): Json => JSON.parse(Buffer.from(part, "base64url").toString());

export function readToken(token: string): Token {
  const [header, payload] = token.split(".");
  return { header: decode(header), payload: decode(payload) };
}

/** A token as its parts say, signed with SHA-2 of so many bits. */
export function signed({ header, payload }: Token, secret: string | Buffer, bits: 256 | 384 | 512 = 256): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac(`sha${bits}`, secret).update(text).digest("base64url")}`;
}

/** Ids of others: of an admin, of a sign-in of theirs, and one that nobody has. */
export interface Others {
  admin: string;
  adminSignIn: string;
  nobody: string;
}

/** What no claim may be. */
const NO_CLAIM: Record<string, unknown> = {
  "is null": null,
  "is empty": "",
  "is a number of no moment": -1,
  "is a list of nothing": [],
  "is an object": {},
  "is hostile": "a\u0000b",
  "is SQL": "' OR '1'='1",
};
const MINUTE = 60;

/**
 * Headers that let nobody in, by what is wrong with them: each is a right one with one thing changed.
 *
 * @param right a token of somebody who is let in
 * @param secret what the engine's tokens are signed with
 */
export function wrongTokens(right: string, secret: string, of: Others): Record<string, string> {
  const { header, payload } = readToken(right);
  const now = Math.floor(Date.now() / 1000);
  const claims = (change: Json) => signed({ header, payload: { ...payload, ...change } }, secret);
  const head = (change: Json, bits?: 256 | 384 | 512) =>
    signed({ header: { ...header, ...change }, payload }, secret, bits);
  const [h = "", p = "", signature = ""] = right.split(".");
  const unsigned = (alg: string) => `${encode({ ...header, alg })}.${p}.`;
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsa = (change: Json) => {
    const text = `${encode({ alg: "RS256", ...change })}.${p}`;
    return `${text}.${signWithKey("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  };

  const byClaim = Object.keys(payload).flatMap((claim) => [
    [`no ${claim}`, claims({ [claim]: undefined })],
    ...Object.entries(NO_CLAIM).map(([what, value]) => [`${claim} ${what}`, claims({ [claim]: value })]),
  ]);
  return {
    ...Object.fromEntries(byClaim),
    expired: claims({ iat: now - 2 * MINUTE, exp: now - MINUTE }),
    "expired a second ago": claims({ iat: now - MINUTE, exp: now - 1 }),
    "made an hour ago, and not yet expired": claims({ iat: now - 60 * MINUTE, exp: now + MINUTE }),
    "made in an hour": claims({ iat: now + 60 * MINUTE, exp: now + 61 * MINUTE }),
    "not to be used before an hour has passed": claims({ nbf: now + 60 * MINUTE }),
    "for another audience": claims({ aud: "herald-web" }),
    "for the audience of sign-ins": claims({ aud: "herald-engine-sign-in" }),
    "for other audiences": claims({ aud: ["herald-web", "herald-engine "] }),
    "by another issuer": claims({ iss: "herald-engine" }),
    "of nobody": claims({ sub: of.nobody }),
    "of another": claims({ sub: of.admin }),
    "of another's sign-in": claims({ sid: of.adminSignIn }),
    "of no sign-in": claims({ sid: of.nobody }),
    "of a list of one sign-in": claims({ sid: [payload.sid] }),
    "of a list of one": claims({ sub: [payload.sub] }),
    "of a list of two": claims({ sub: [payload.sub, of.admin] }),
    "without a signature, alg none": unsigned("none"),
    "without a signature, alg None": unsigned("None"),
    "without a signature, alg HS256": `${h}.${p}.`,
    "without a signature's part": `${h}.${p}`,
    "signed, alg none": head({ alg: "none" }),
    "alg absent": head({ alg: undefined }),
    "alg HS384": head({ alg: "HS384" }, 384),
    "alg HS512": head({ alg: "HS512" }, 512),
    "alg HS256, signed as HS512 is": head({}, 512),
    "alg RS256, signed with the secret": head({ alg: "RS256" }),
    "alg RS256, signed with a key of one's own": rsa({}),
    "alg RS256, with a key of one's own in its header": rsa({ jwk: publicKey.export({ format: "jwk" }) }),
    "a key's address in its header": signed(
      { header: { ...header, jku: "http://127.0.0.1:1/keys" }, payload },
      "x".repeat(32),
    ),
    "a file as its key": signed({ header: { ...header, kid: "../../../dev/null" }, payload }, ""),
    "an extension that must be understood": head({ crit: ["herald"], herald: true }),
    "a payload that is not encoded": head({ b64: false, crit: ["b64"] }),
    "signed with another secret": signed({ header, payload }, "x".repeat(32)),
    "signed with nothing": signed({ header, payload }, ""),
    "signed with the secret's bytes": signed({ header, payload }, Buffer.from(secret, "base64")),
    "another's id under its signature": `${h}.${encode({ ...payload, sub: of.admin })}.${signature}`,
    "a longer life under its signature": `${h}.${encode({ ...payload, exp: now + 3600 })}.${signature}`,
    "a signature that lacks its end": `${h}.${p}.${signature.slice(0, -4)}`,
    "a signature turned round": `${h}.${p}.${[...signature].reverse().join("")}`,
    "a payload that is no JSON": `${h}.${Buffer.from("sub").toString("base64url")}.${signature}`,
    "five parts": `${right}.${p}.${signature}`,
    "three dots": "...",
  };
}

/** The header `Authorization` where it is not read as one that carries a token. */
export function wrongHeaders(right: string, key: string): Record<string, string> {
  return {
    "an empty header": "",
    "Bearer of nothing": "Bearer",
    "a token without its scheme": right,
    "a token of another scheme": `Basic ${right}`,
    "a token after a comma": `Bearer x, Bearer ${right}`,
    "a token in quotes": `Bearer "${right}"`,
    "a token and more": `Bearer ${right} x`,
    "an API key without its scheme": key,
  };
}

/** API keys that are none, though they look like one that is. */
export function wrongKeys(key: string): Record<string, string> {
  return {
    "an API key's mark alone": "hk_",
    "an API key that lacks its end": key.slice(0, -1),
    "an API key and more": `${key}A`,
    "an API key in other letters": key.toUpperCase().replace("HK_", "hk_"),
    "an API key with another end": `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`,
    "an API key of nobody": `hk_${"A".repeat(43)}`,
    "SQL as an API key": "hk_'OR'1'='1",
  };
}
