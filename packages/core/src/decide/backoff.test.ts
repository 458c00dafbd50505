import { expect, test } from "vitest";
import { backOff } from "./backoff.ts";

const NOW = new Date("2030-01-01T00:00:00Z");
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

test("each fault doubles the wait, from one second to five minutes", () => {
  let bot: { faults: number; retryAt: Date | null } = { faults: 0, retryAt: null };
  const waits: number[] = [];
  for (let n = 0; n < 11; n++) {
    const now = bot.retryAt ?? NOW;
    const next = backOff(bot, now);
    waits.push((next.retryAt.getTime() - now.getTime()) / 1000);
    bot = next;
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(bot.faults).toBe(11);
});

test("after a thousand faults the wait is still five minutes", () => {
  expect(backOff({ faults: 1_999, retryAt: NOW }, NOW)).toEqual({ faults: 2_000, retryAt: after(300) });
});

test("a fault long after the last try begins anew", () => {
  expect(backOff({ faults: 7, retryAt: NOW }, after(600))).toMatchObject({ faults: 8 });
  expect(backOff({ faults: 7, retryAt: NOW }, after(601))).toEqual({ faults: 1, retryAt: after(602) });
});
