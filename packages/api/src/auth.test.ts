import type { Identity, User } from "@herald/core";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { authenticate, TOKEN_AUDIENCE, TOKEN_ISSUER } from "./auth.ts";

const secret = new TextEncoder().encode("a secret of at least thirty-two bytes");
const user = { id: "u1", role: "user" } as User;
const signedIn: Identity = { user, credential: { kind: "sign_in", id: "s1", expiresAt: new Date(0) } };
const byKey: Identity = { user, credential: { kind: "api_key", id: "k1", expiresAt: null } };
const access = {
  bySignIn: async (userId: string, id: string) => (userId === user.id && id === "s1" ? signedIn : null),
  byApiKey: async (key: string) => (key === "hk_good" ? byKey : null),
};

/** A token as web signs it, with other claims where they are given; null leaves one out. */
const token = (
  claims: {
    issuer?: string;
    audience?: string;
    issued?: string | null;
    expires?: string | null;
    subject?: unknown;
    signIn?: unknown;
  } = {},
  key = secret,
) => {
  const { subject = user.id, signIn = "s1", issued = "now", expires = "1 minute" } = claims;
  const jwt = new SignJWT({
    ...(subject === null ? {} : { sub: subject as string }),
    ...(signIn === null ? {} : { sid: signIn }),
  })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(claims.issuer ?? TOKEN_ISSUER)
    .setAudience(claims.audience ?? TOKEN_AUDIENCE);
  if (issued !== null) jwt.setIssuedAt(issued === "now" ? undefined : issued);
  if (expires !== null) jwt.setExpirationTime(expires);
  return jwt.sign(key);
};
const ask = (credential: string) => authenticate(`Bearer ${credential}`, { secret, access });

test("a token of the pages and an API key name their user", async () => {
  expect(await ask(await token())).toBe(signedIn);
  expect(await ask("hk_good")).toBe(byKey);
});

test.each([
  ["expired", () => token({ expires: "1 minute ago" })],
  ["without an end", () => token({ expires: null })],
  ["of nobody", () => token({ subject: null })],
  ["without its age", () => token({ issued: null })],
  ["older than a token ever is, though it says that it holds", () => token({ issued: "11 minutes ago" })],
  ["for somebody else", () => token({ audience: "another-engine" })],
  ["from somebody else", () => token({ issuer: "another-web" })],
  ["signed with another secret", () => token({}, new TextEncoder().encode("another secret of thirty-two bytes!!"))],
  ["of a user that is gone", () => token({ subject: "u2" })],
  ["of a list of users", () => token({ subject: [user.id] })],
  ["of no sign-in", () => token({ signIn: null })],
  ["of a sign-in that is no text", () => token({ signIn: ["s1"] })],
  ["of a sign-in that has ended", () => token({ signIn: "s2" })],
  ["no token at all", async () => "nonsense"],
  ["an unknown API key", async () => "hk_bad"],
  ["unsigned", async () => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ sub: user.id }))}.`],
])("a credential that is %s names nobody", async (_what, credential) => {
  expect(await ask(await credential())).toBeNull();
});

test.each([
  ["nothing", undefined],
  ["another scheme", "Basic aGtfZ29vZA=="],
  ["a key without its scheme", "hk_good"],
  ["two credentials", "Bearer hk_good hk_good"],
  ["something before the scheme", "Not Bearer hk_good"],
])("a header with %s names nobody", async (_what, header) => {
  expect(await authenticate(header, { secret, access })).toBeNull();
});

test("the scheme may be spelled in any case", async () => {
  expect(await authenticate("bearer hk_good", { secret, access })).toBe(byKey);
});

test("a database that is away is not taken for a bad token", async () => {
  for (const more of [{}, { code: "ECONNREFUSED" }]) {
    const away = { ...access, bySignIn: () => Promise.reject(Object.assign(new Error("away"), more)) };
    await expect(authenticate(`Bearer ${await token()}`, { secret, access: away })).rejects.toThrow("away");
  }
});
