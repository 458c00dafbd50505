import { expect, test } from "vitest";
import { humanDuration } from "./duration.ts";

test.each([
  [0, "0 s"],
  [0.2, "1 s"],
  [1, "1 s"],
  [45, "45 s"],
  [59.5, "1 min"],
  [240, "4 min"],
  [61, "1 min 1 s"],
  [3599.5, "1 h"],
  [3600, "1 h"],
  [5400, "1 h 30 min"],
  [5401, "1 h 31 min"],
  [86_399, "1 day"],
  [183_600, "2 days 3 h"],
  [604_800, "7 days"],
])("%d s is “%s”", (seconds, text) => {
  expect(humanDuration(seconds)).toBe(text);
});
