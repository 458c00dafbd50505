import type { Identity, User } from "@herald/core";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { authenticate, TOKEN_AUDIENCE, TOKEN_ISSUER } from "./auth.ts";

const secret = new TextEncoder().encode("a secret of at least thirty-two bytes");
const user = { id: "u1", role: "user" } as User;
const signedIn: Identity = { user, apiKeyId: null };
const byKey: Identity = { user, apiKeyId: "k1" };
const users = {
  byId: async (id: string) => (id === user.id ? signedIn : null),
  byApiKey: async (key: string) => (key === "hk_good" ? byKey : null),
} as Parameters<typeof authenticate>[1]["users"];

const token = (claims: { issuer?: string; audience?: string; expires?: string; subject?: string } = {}, key = secret) =>
  new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(claims.subject ?? user.id)
    .setIssuer(claims.issuer ?? TOKEN_ISSUER)
    .setAudience(claims.audience ?? TOKEN_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(claims.expires ?? "1 minute")
    .sign(key);
const ask = (credential: string) => authenticate(`Bearer ${credential}`, { secret, users });

test("a token of the pages and an API key name their user", async () => {
  expect(await ask(await token())).toBe(signedIn);
  expect(await ask("hk_good")).toBe(byKey);
});

test.each([
  ["expired", () => token({ expires: "1 minute ago" })],
  ["for somebody else", () => token({ audience: "another-engine" })],
  ["from somebody else", () => token({ issuer: "another-web" })],
  ["signed with another secret", () => token({}, new TextEncoder().encode("another secret of thirty-two bytes!!"))],
  ["of a user that is gone", () => token({ subject: "u2" })],
  ["no token at all", async () => "nonsense"],
  ["an unknown API key", async () => "hk_bad"],
  ["unsigned", async () => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ sub: user.id }))}.`],
])("a credential that is %s names nobody", async (_what, credential) => {
  expect(await ask(await credential())).toBeNull();
});

test("a database that is away is not taken for a bad token", async () => {
  const away = { ...users, byId: () => Promise.reject(new Error("away")) };
  await expect(authenticate(`Bearer ${await token()}`, { secret, users: away })).rejects.toThrow("away");
});
