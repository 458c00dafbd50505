import { expect, test } from "vitest";
import { sessionStartOffsets } from "./start-offsets.ts";

test("Starter mode: Offsets calculated correctly", () => {
  expect(sessionStartOffsets(2, 60), "seeds, example 1").toEqual([0, 1800]);
  expect(sessionStartOffsets(6, 60), "seeds, example 2").toEqual([0, 600, 1200, 1800, 2400, 3000]);
  expect(sessionStartOffsets(1, 60)).toEqual([0]);
  expect(sessionStartOffsets(0, 60)).toEqual([]);
});

test("seconds that do not divide evenly stay exact to the last lane", () => {
  const offsets = sessionStartOffsets(7, 60);
  expect(offsets[6]).toBeCloseTo(3600 - 3600 / 7, 9);
});
