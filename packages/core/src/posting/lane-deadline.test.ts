import { expect, test } from "vitest";
import { laneDeadline } from "./lane-deadline.ts";

const startedAt = new Date("2026-01-01T00:00:00Z");
const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
const slots = (...seconds: number[]) => seconds.map((second) => ({ plannedAt: after(second) }));

test("an ENTERPRISE lane waits ten minutes past its last slot", () => {
  const cycle = { startedAt, totalCycleMinutes: null };
  expect(laneDeadline(cycle, slots(0, 20), after(0))).toEqual(after(620));
});

test("a STARTER lane waits no longer than to its next cycle", () => {
  const cycle = { startedAt, totalCycleMinutes: 1 };
  expect(laneDeadline(cycle, slots(30, 40), after(30))).toEqual(after(60));
  expect(laneDeadline({ startedAt, totalCycleMinutes: 60 }, slots(30, 40), after(30))).toEqual(after(640));
});

test("a STARTER cycle that is resumed when its time has passed is posted, not given up", () => {
  const cycle = { startedAt, totalCycleMinutes: 1 };
  expect(laneDeadline(cycle, slots(90, 100), after(91))).toEqual(after(700));
  expect(laneDeadline(cycle, slots(90), after(95))).toEqual(after(695));
});
