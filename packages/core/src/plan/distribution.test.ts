import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distributeEnterprise, distributeGroups, distributeStarter } from "./distribution.ts";

const groups = fc.uniqueArray(fc.integer(), { maxLength: 60 });
const sessionCount = fc.integer({ min: 1, max: 20 });
const tenGroups = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe("STARTER", () => {
  test("Starter mode: All sessions get all groups", () => {
    expect(distributeStarter(["a", "b"], 3)).toEqual([
      ["a", "b"],
      ["a", "b"],
      ["a", "b"],
    ]);
    fc.assert(
      fc.property(groups, sessionCount, (all, n) => {
        const lanes = distributeStarter(all, n);
        expect(lanes).toHaveLength(n);
        for (const lane of lanes) expect(lane).toEqual(all);
      }),
    );
  });

  test("each lane is an array of its own", () => {
    const [first, second] = distributeStarter([1, 2], 2);
    first?.push(3);
    expect(second).toEqual([1, 2]);
  });
});

describe("ENTERPRISE", () => {
  test("seeds, example 3: 10 groups for 3 sessions are cut 4, 3, 3", () => {
    expect(distributeEnterprise(tenGroups, 3)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  test("Enterprise mode: Groups partitioned evenly", () => {
    fc.assert(
      fc.property(groups, sessionCount, (all, n) => {
        const sizes = distributeEnterprise(all, n).map((lane) => lane.length);
        expect(sizes).toHaveLength(n);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }),
    );
  });

  test("Enterprise mode: No overlap between sessions", () => {
    fc.assert(
      fc.property(groups, sessionCount, (all, n) => {
        // complete, disjoint and in order at once
        expect(distributeEnterprise(all, n).flat()).toEqual(all);
      }),
    );
  });
});

test("no sessions, no lanes", () => {
  expect(distributeStarter([1], 0)).toEqual([]);
  expect(distributeEnterprise([1], 0)).toEqual([]);
});

test("the mode chooses", () => {
  expect(distributeGroups(tenGroups, 3, "starter")).toEqual(distributeStarter(tenGroups, 3));
  expect(distributeGroups(tenGroups, 3, "enterprise")).toEqual(distributeEnterprise(tenGroups, 3));
});

test("Invalid execution_mode rejected", () => {
  expect(() => distributeGroups([1], 1, "turbo" as never)).toThrow(
    expect.objectContaining({
      code: "invalid_execution_mode",
      message: "Invalid execution_mode",
      field: "executionMode",
    }),
  );
});
