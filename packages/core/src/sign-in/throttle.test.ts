import { beforeEach, expect, test } from "vitest";
import type { Hashes, Transaction } from "../ports/index.ts";
import { FakeAttempts } from "../testing/fake-attempts.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import { countOwnTry, countTry, forgetOwnTries, forgetTries, type SignInTry } from "./throttle.ts";

const MINUTE_MS = 60_000;
const hashes = only<Hashes>({ sha256: (data) => `hash of ${data}` });

let attempts: FakeAttempts;
let tx: Transaction;
let clock: FakeClock;
beforeEach(() => {
  attempts = new FakeAttempts();
  tx = only<Transaction>({ signInAttempts: attempts });
  clock = new FakeClock();
});

const from = (more: Partial<SignInTry> = {}): SignInTry => ({
  email: "a@x.io",
  address: "10.0.0.1",
  device: null,
  ...more,
});
const tryOnce = (more?: Partial<SignInTry>) => countTry(tx, hashes, from(more), clock.now());

/** How many of so many tries may be looked at. */
async function allowed(tries: number, more?: (n: number) => Partial<SignInTry>): Promise<number> {
  let count = 0;
  for (let n = 0; n < tries; n++) if ((await tryOnce(more?.(n))).allowed) count++;
  return count;
}

test("ten tries of an account from one address are looked at, and the window ends ten minutes after the first", async () => {
  expect(await allowed(1)).toBe(1);
  clock.jump(4 * MINUTE_MS);
  expect(await allowed(59)).toBe(9);
  expect(await tryOnce()).toEqual({ allowed: false, retryAfterSeconds: 360 });
  clock.jump(6 * MINUTE_MS - 1);
  expect(await tryOnce()).toEqual({ allowed: false, retryAfterSeconds: 1 });
  clock.jump(1);
  expect(await allowed(60)).toBe(10);
});

test("fifty tries from one address are looked at, at however many accounts", async () => {
  expect(await allowed(60, (n) => ({ email: `${n}@x.io` }))).toBe(50);
  expect(await allowed(1, () => ({ email: "other@x.io", address: "10.0.0.2" }))).toBe(1);
});

test("who hammers an account uses up their own tries: the owner has theirs at another address", async () => {
  await allowed(1000);
  expect(await allowed(11, () => ({ address: "10.0.0.2" }))).toBe(10);
});

test("a browser that signed in before has tries of its own, also at the address of who hammers, and from everywhere", async () => {
  await allowed(1000);
  await allowed(500, (n) => ({ address: `10.1.${n >> 8}.${n & 255}` }));
  expect(await allowed(5, () => ({ device: "laptop" }))).toBe(5);
  expect(await allowed(10, () => ({ device: "laptop", address: "10.0.0.9" }))).toBe(5);
  expect(await allowed(1, () => ({ device: "phone" }))).toBe(1);
});

test("an account that is tried from many addresses leaves fewer tries to each, and none to nobody", async () => {
  // a hundred in all, ten each
  expect(await allowed(100, (n) => ({ address: `10.0.1.${n % 10}` }))).toBe(100);
  expect(await allowed(10, () => ({ address: "10.0.2.1" }))).toBe(3);
  expect(await allowed(10, () => ({ address: "10.0.2.2" }))).toBe(3);
  // of another account nobody notices
  expect(await allowed(10, () => ({ address: "10.0.2.1", email: "b@x.io" }))).toBe(10);
  clock.jump(10 * MINUTE_MS);
  expect(await allowed(10, () => ({ address: "10.0.2.1" }))).toBe(3);
  clock.jump(50 * MINUTE_MS);
  expect(await allowed(10, () => ({ address: "10.0.2.1" }))).toBe(10);
});

test("one address alone never makes an account one that is attacked", async () => {
  for (let window = 0; window < 6; window++) {
    await allowed(1000);
    clock.jump(10 * MINUTE_MS - 1);
  }
  expect(await allowed(10, () => ({ address: "10.0.0.2" }))).toBe(10);
});

test("a sign-in gives its place all tries back, and to what it shares with others the one", async () => {
  await allowed(9);
  await tryOnce();
  await forgetTries(tx, hashes, from());
  expect(await allowed(20)).toBe(10);
  expect(attempts.rows.get("account hash of a@x.io")?.count).toBe(10 - 1 + 10);
  expect(attempts.rows.get("address 10.0.0.1")?.count).toBe(10 - 1 + 20);
});

test("a sign-in of a known browser leaves the strangers' counts as they are", async () => {
  await allowed(10);
  await tryOnce({ device: "laptop" });
  await forgetTries(tx, hashes, from({ device: "laptop" }));
  expect((await tryOnce()).allowed).toBe(false);
  expect(attempts.rows.has("account hash of a@x.io by laptop")).toBe(false);
});

test("no e-mail address stands in a key", async () => {
  await tryOnce();
  await tryOnce({ device: "laptop" });
  for (const key of attempts.rows.keys()) expect(key.replaceAll("hash of a@x.io", "")).not.toContain("@x.io");
});

test("one's own password may be given wrongly ten times in ten minutes", async () => {
  const now = clock.now();
  for (let n = 0; n < 10; n++) expect((await countOwnTry(tx, "ada", now)).allowed).toBe(true);
  expect(await countOwnTry(tx, "ada", now)).toEqual({ allowed: false, retryAfterSeconds: 600 });
  expect((await countOwnTry(tx, "bob", now)).allowed).toBe(true);
  await forgetOwnTries(tx, "ada");
  expect((await countOwnTry(tx, "ada", now)).allowed).toBe(true);
});
