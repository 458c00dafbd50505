import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { weakSecrets } from "./weak-secrets.ts";

const told = (secret: string) => weakSecrets({ NEXTAUTH_SECRET: secret }).map(({ message }) => message);

test("random bytes pass, in every spelling that people use", () => {
  for (let times = 0; times < 2_000; times++) {
    const bytes = randomBytes(32);
    for (const spelling of ["base64", "base64url", "hex"] as const) expect(told(bytes.toString(spelling))).toEqual([]);
    expect(told(bytes.toString("hex").toUpperCase())).toEqual([]);
  }
  expect(told("Kq!7 vR#2m&Zp9^tW4*xLb8(Yc5)Hd1_Ng6+Jf3=Se0")).toEqual([]);
});

test.each([
  ["", "is too short"],
  ["herald", "is too short"],
  [randomBytes(31).toString("base64"), "is too short"],
  [randomBytes(31).toString("hex"), "is too short"],
  // long enough as base64, and half of it as what it is
  [randomBytes(24).toString("hex"), "is too short"],
  ["x".repeat(64), "is not random"],
  [Buffer.alloc(32).toString("base64"), "is too short"],
  [Buffer.alloc(32, "ab").toString("base64"), "is not random"],
  ["abcdefghi".repeat(8), "is not random"],
  ["0123456789abcdef".repeat(4), "is not random"],
  ["correct horse battery ".repeat(3), "is not random"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "is not random"],
  ["change-me-change-me-before-you-go-live-please-1234", "is a placeholder"],
  ["this-is-my-very-long-Password-for-the-herald-server-7", "is a placeholder"],
  ["a-Secret-that-nobody-will-ever-guess-in-1000-years-ok", "is a placeholder"],
])("%j is refused", (secret, why) => {
  expect(told(secret)).toEqual([expect.stringContaining(why)]);
  expect(told(secret)).toEqual([expect.stringContaining("openssl rand -base64 32")]);
  if (secret !== "") expect(told(secret).join()).not.toContain(secret);
});

test("what serves for two things is refused, and named by both", () => {
  const secret = randomBytes(32).toString("base64");
  const other = randomBytes(32).toString("base64");
  expect(weakSecrets({ ENGINE_JWT_SECRET: secret, NEXTAUTH_SECRET: other, SESSION_KEY: ` ${secret}\n` })).toEqual([
    {
      about: "SESSION_KEY",
      message: "is the same as ENGINE_JWT_SECRET; each needs its own: make one with openssl rand -base64 32",
    },
  ]);
});

test("former keys, a database's password and what is not given are nobody's here to judge", () => {
  expect(weakSecrets({ SESSION_KEYS_OLD: "x", DATABASE_URL: "postgresql://a:a@localhost/a" })).toEqual([]);
});
