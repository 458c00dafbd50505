import { expect, test } from "vitest";
import { SignInAttempts } from "./attempts.ts";

function fail(attempts: SignInAttempts, times: number, email: string, address: string, nowMs = 0) {
  for (let i = 0; i < times; i++) attempts.failed(email, address, nowMs);
}

test("an e-mail address has to wait after ten failures, and others do not", () => {
  const attempts = new SignInAttempts();
  fail(attempts, 9, "a@x.io", "10.0.0.1");
  expect(attempts.allowed("a@x.io", "10.0.0.1", 0)).toBe(true);
  fail(attempts, 1, "a@x.io", "10.0.0.1");
  expect(attempts.allowed("a@x.io", "10.0.0.1", 0)).toBe(false);
  expect(attempts.allowed("a@x.io", "10.0.0.2", 0)).toBe(false);
  expect(attempts.allowed("b@x.io", "10.0.0.1", 0)).toBe(true);
});

test("the wait ends with the window, counted from the first failure", () => {
  const attempts = new SignInAttempts();
  fail(attempts, 10, "a@x.io", "10.0.0.1");
  expect(attempts.allowed("a@x.io", "10.0.0.1", 10 * 60_000 - 1)).toBe(false);
  expect(attempts.allowed("a@x.io", "10.0.0.1", 10 * 60_000)).toBe(true);
});

test("a success forgets the e-mail's failures", () => {
  const attempts = new SignInAttempts();
  fail(attempts, 9, "a@x.io", "10.0.0.1");
  attempts.succeeded("a@x.io");
  fail(attempts, 9, "a@x.io", "10.0.0.1");
  expect(attempts.allowed("a@x.io", "10.0.0.1", 0)).toBe(true);
});

test("one network address that tries many e-mails has to wait too", () => {
  const attempts = new SignInAttempts();
  for (let i = 0; i < 50; i++) attempts.failed(`${i}@x.io`, "10.0.0.1", 0);
  expect(attempts.allowed("new@x.io", "10.0.0.1", 0)).toBe(false);
  expect(attempts.allowed("new@x.io", "10.0.0.2", 0)).toBe(true);
});
