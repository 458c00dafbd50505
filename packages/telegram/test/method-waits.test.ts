import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AccountWaits } from "../src/gram/method-waits.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a wait counts down in whole seconds, begun ones among them, and is over at its end", () => {
  const waits = new AccountWaits().of("a");
  expect(waits.left("m")).toBe(0);
  waits.begin("m", 3);
  expect(waits.left("m")).toBe(3);
  vi.advanceTimersByTime(1);
  expect(waits.left("m")).toBe(3);
  vi.advanceTimersByTime(999);
  expect(waits.left("m")).toBe(2);
  vi.advanceTimersByTime(2_000);
  expect(waits.left("m")).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(waits.left("m")).toBe(0);
});

test("a wait is one account's and one method's, and the next client of the account has it", () => {
  const all = new AccountWaits();
  all.of("a").begin("m", 3);
  expect([all.of("a").left("m"), all.of("a").left("n"), all.of("b").left("m")]).toEqual([3, 0, 0]);
});

test("a wait that begins leaves others as they are, whether they are over or not, and replaces its own", () => {
  const waits = new AccountWaits().of("a");
  waits.begin("short", 1);
  waits.begin("long", 9);
  vi.advanceTimersByTime(1_000);
  waits.begin("new", 5);
  expect(["short", "long", "new"].map((method) => waits.left(method))).toEqual([0, 8, 5]);
  waits.begin("long", 2);
  expect(waits.left("long")).toBe(2);
});
