import { expect, test } from "vitest";
import { formatDuration, formatWhen, formatWhenOfSecond, plural } from "./format.ts";

test.each([
  [0, "0 s"],
  [4.4, "4 s"],
  [59, "59 s"],
  [60, "1 min"],
  [200, "3 min 20 s"],
  [3600, "1 h"],
  [7500, "2 h 5 min"],
  [7505, "2 h 5 min"],
  [273_600, "3 d 4 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds).replaceAll("\u00a0", " ")).toBe(text);
});

test("counts are written with their noun", () => {
  expect([plural(0, "post"), plural(1, "post"), plural(1234, "post")]).toEqual(["0 posts", "1 post", "1,234 posts"]);
});

test("a time of another day says which", () => {
  const now = new Date(2026, 4, 3, 14, 2, 11);
  const yesterday = new Date(2026, 4, 2, 23, 59, 30).getTime();
  expect(formatWhen(now.getTime(), now.getTime())).toBe("14:02");
  expect(formatWhenOfSecond(now.getTime(), now.getTime())).toBe("14:02:11");
  expect(formatWhenOfSecond(yesterday, now.getTime())).toBe("2 May, 23:59");
});
