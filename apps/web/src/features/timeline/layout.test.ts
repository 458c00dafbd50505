import { expect, test } from "vitest";
import type { Look } from "@/lib/outcome";
import type { LaneSlot } from "./lanes.ts";
import { itemAt, layoutLane, MARK_WIDTH, rangeOf, ticksOf } from "./layout.ts";

const slot = (at: number, look: Look = "planned"): LaneSlot => ({ id: String(at), at, look, slot: null });
const range = { from: 0, to: 1000 };

test("marks with room stand alone, where their time is", () => {
  const items = layoutLane([slot(0), slot(500), slot(1000)], range, 200);
  expect(items.map((item) => item.x)).toEqual([0, 100, 200]);
  expect(items.every((item) => item.slots.length === 1)).toBe(true);
});

test("marks that would overlap become one cluster that counts them, worst first", () => {
  const items = layoutLane([slot(0, "sent"), slot(10, "refused"), slot(20, "sent"), slot(500, "sent")], range, 200);
  expect(items.map((item) => item.counts)).toEqual([
    [
      ["refused", 1],
      ["sent", 2],
    ],
    [["sent", 1]],
  ]);
});

test("2,000 slots lose none and never overlap", () => {
  const slots = Array.from({ length: 2000 }, (_, i) => slot(i / 2));
  const items = layoutLane(slots, range, 900);
  expect(items.reduce((sum, item) => sum + item.slots.length, 0)).toBe(2000);
  const gaps = items.slice(1).map((item, i) => item.x - (items[i]?.x ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MARK_WIDTH);
});

test("the pointer finds the nearest mark, and nothing where there is none", () => {
  const items = layoutLane([slot(0), slot(500)], range, 200);
  expect(itemAt(items, 95)?.x).toBe(100);
  expect(itemAt(items, 50)).toBeUndefined();
  expect(itemAt([], 50)).toBeUndefined();
});

test("the range holds every mark, wait and now", () => {
  const lanes = [
    { id: "a", label: "a", slots: [slot(10_000), slot(20_000)], waits: [{ from: 15_000, to: 60_000, text: "" }] },
    { id: "b", label: "b", slots: [], waits: [] },
  ];
  const { from, to } = rangeOf(lanes, 5_000);
  expect(from).toBeLessThan(5_000);
  expect(to).toBeGreaterThan(60_000);
  expect(rangeOf([], null)).toEqual({ from: 0, to: 1000 });
});

test("a rest of weeks does not squeeze the posts into a dot", () => {
  const slots = [slot(0), slot(3_600_000)];
  const waits = [{ from: 3_600_000, to: 30 * 86_400_000, text: "" }];
  const { to } = rangeOf([{ id: "a", label: "a", slots, waits }], null);
  expect(to).toBeGreaterThan(5_400_000);
  expect(to).toBeLessThan(6_000_000);
});

test("ticks are round, few enough to be read, and fall on local hours", () => {
  const hour = 3_600_000;
  expect(ticksOf({ from: 0, to: hour }, 600, 0)).toEqual({
    step: 600_000,
    at: [0, 600_000, 1_200_000, 1_800_000, 2_400_000, 3_000_000, hour],
  });
  // half past: UTC+5:30
  expect(ticksOf({ from: 0, to: 6 * hour }, 700, -330).at[0]).toBe(hour / 2);
});
