import { expect, test } from "vitest";
import { BREAKER_SPAM_DEATHS, BREAKER_WINDOW_HOURS, breakerTrips } from "./breaker.ts";

test("trips at the limit", () => {
  expect(breakerTrips({ spamDeaths: 0, limit: 2 })).toBe(false);
  expect(breakerTrips({ spamDeaths: 1, limit: 2 })).toBe(false);
  expect(breakerTrips({ spamDeaths: 2, limit: 2 })).toBe(true);
  expect(breakerTrips({ spamDeaths: 3, limit: 2 })).toBe(true);
});

test("by default two deaths in a day", () => {
  expect([BREAKER_SPAM_DEATHS, BREAKER_WINDOW_HOURS]).toEqual([2, 24]);
});
