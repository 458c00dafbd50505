import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CyclePlan, planCycle } from "./cycle-plan.ts";

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const plan = (input: {
  mode: "starter" | "enterprise";
  sessions: number;
  groups: number;
  delay: number;
  minutes?: number;
  retired?: Array<[session: number, group: number]>;
}) =>
  planCycle({
    mode: input.mode,
    groupIds: ids("g", input.groups),
    sessionIds: ids("s", input.sessions),
    delayBetweenPosts: input.delay,
    totalCycleMinutes: input.minutes ?? null,
    isPairRetired:
      input.retired &&
      ((sessionId, groupId) => input.retired?.some(([s, g]) => sessionId === `s${s}` && groupId === `g${g}`) ?? false),
  });
const offsets = ({ lanes }: CyclePlan) => lanes.map((lane) => lane.slots.map((slot) => slot.offset));
const groupsOf = ({ lanes }: CyclePlan) => lanes.map((lane) => lane.slots.map((slot) => slot.groupId));

const shape = fc.record({
  sessions: fc.integer({ min: 1, max: 12 }),
  groups: fc.integer({ min: 0, max: 40 }),
  delay: fc.integer({ min: 0, max: 120 }),
  minutes: fc.integer({ min: 1, max: 600 }),
});
const withRetired = fc
  .tuple(shape, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 100 }))
  .map(([input, pairs]) => ({
    ...input,
    retired: pairs.map(([s, g]): [number, number] => [s % input.sessions, g % Math.max(1, input.groups)]),
  }));

describe("the seeds' worked examples", () => {
  test("example 1: 2 sessions, 60 minutes, 10 groups, 5 s", () => {
    const planned = plan({ mode: "starter", sessions: 2, groups: 10, delay: 5, minutes: 60 });
    expect(offsets(planned)).toEqual([
      [0, 5, 10, 15, 20, 25, 30, 35, 40, 45],
      [1800, 1805, 1810, 1815, 1820, 1825, 1830, 1835, 1840, 1845],
    ]);
    expect(groupsOf(planned)).toEqual([ids("g", 10), ids("g", 10)]);
  });

  test("example 2: 6 sessions, 60 minutes, 20 groups, 5 s", () => {
    const planned = plan({ mode: "starter", sessions: 6, groups: 20, delay: 5, minutes: 60 });
    expect(planned.lanes.map((lane) => lane.startOffset)).toEqual([0, 600, 1200, 1800, 2400, 3000]);
    for (const lane of planned.lanes) {
      expect(lane.slots).toHaveLength(20);
      expect(lane.slots.at(0)?.offset).toBe(lane.startOffset);
      expect(lane.slots.at(-1)?.offset).toBe(lane.startOffset + 95);
    }
  });

  test("example 3: enterprise, 3 sessions, 10 groups, 5 s", () => {
    const planned = plan({ mode: "enterprise", sessions: 3, groups: 10, delay: 5 });
    expect(offsets(planned)).toEqual([
      [0, 5, 10, 15],
      [0, 5, 10],
      [0, 5, 10],
    ]);
    expect(groupsOf(planned)).toEqual([
      ["g0", "g1", "g2", "g3"],
      ["g4", "g5", "g6"],
      ["g7", "g8", "g9"],
    ]);
  });
});

describe("STARTER", () => {
  test("Starter mode: All sessions get all groups", () => {
    fc.assert(
      fc.property(shape, (input) => {
        const all = ids("g", input.groups);
        expect(groupsOf(plan({ mode: "starter", ...input }))).toEqual(ids("s", input.sessions).map(() => all));
      }),
    );
  });

  test("Starter mode: Sessions start at correct times", () => {
    fc.assert(
      fc.property(shape, (input) => {
        const { lanes } = plan({ mode: "starter", ...input });
        expect(lanes).toHaveLength(input.sessions);
        for (const [index, lane] of lanes.entries()) {
          expect(lane.startOffset).toBeCloseTo((index * input.minutes * 60) / input.sessions, 6);
          if (input.groups > 0) expect(lane.slots[0]?.offset).toBe(lane.startOffset);
        }
      }),
    );
  });

  test("Starter mode: No simultaneous posts to same group", () => {
    fc.assert(
      fc.property(withRetired, (input) => {
        const total = input.minutes * 60;
        const { slots } = plan({ mode: "starter", ...input });
        // two passes, so that the last lane of one is held against the first of the next
        const twice = [...slots, ...slots.map((slot) => ({ ...slot, offset: slot.offset + total }))];
        const lastAt = new Map<string, number>();
        for (const slot of twice.toSorted((a, b) => a.offset - b.offset)) {
          const previous = lastAt.get(slot.groupId);
          if (previous !== undefined)
            expect(slot.offset - previous).toBeGreaterThanOrEqual(total / input.sessions - 1e-6);
          lastAt.set(slot.groupId, slot.offset);
        }
      }),
    );
  });

  test("a retired pair is left out and every other slot keeps its time", () => {
    fc.assert(
      fc.property(withRetired, (input) => {
        const { retired, ...whole } = input;
        const isRetired = (s: string, g: string) => retired.some(([i, j]) => s === `s${i}` && g === `g${j}`);
        expect(plan({ mode: "starter", ...input }).slots).toEqual(
          plan({ mode: "starter", ...whole }).slots.filter((slot) => !isRetired(slot.sessionId, slot.groupId)),
        );
      }),
    );
  });

  test("Starter mode without total_cycle_minutes rejected", () => {
    expect(() => plan({ mode: "starter", sessions: 1, groups: 1, delay: 0 })).toThrow(
      expect.objectContaining({ code: "total_cycle_minutes_required" }),
    );
  });
});

describe("ENTERPRISE", () => {
  test("Enterprise mode: All sessions start immediately", () => {
    fc.assert(
      fc.property(shape, (input) => {
        const { lanes } = plan({ mode: "enterprise", ...input });
        const busy = lanes.filter((lane) => lane.slots.length > 0);
        expect(busy).toHaveLength(Math.min(input.sessions, input.groups));
        for (const lane of lanes) expect(lane.startOffset).toBe(0);
        for (const lane of busy) expect(lane.slots[0]?.offset).toBe(0);
      }),
    );
  });

  test("Enterprise mode: Groups partitioned evenly, no overlap between sessions", () => {
    fc.assert(
      fc.property(shape, (input) => {
        const lanes = groupsOf(plan({ mode: "enterprise", ...input }));
        expect(lanes.flat()).toEqual(ids("g", input.groups));
        const sizes = lanes.map((lane) => lane.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("a group goes to a session that may post there; only when none may is it left out", () => {
    fc.assert(
      fc.property(withRetired, (input) => {
        const retired = new Set(input.retired.map(([s, g]) => `s${s} g${g}`));
        const planned = plan({ mode: "enterprise", ...input }).slots;
        for (const slot of planned) expect(retired).not.toContain(`${slot.sessionId} ${slot.groupId}`);
        const reachable = ids("g", input.groups).filter((g) =>
          ids("s", input.sessions).some((s) => !retired.has(`${s} ${g}`)),
        );
        expect(planned.map((slot) => slot.groupId).toSorted()).toEqual(reachable.toSorted());
      }),
    );
  });

  test("the lanes are as even as the permissions allow", () => {
    const small = fc.record({
      groups: fc.integer({ min: 1, max: 5 }),
      retired: fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 4 })), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(small, ({ groups, retired }) => {
        const may = (s: number, g: number) => !retired.some(([i, j]) => i === s && j === g);
        const loads = groupsOf(plan({ mode: "enterprise", sessions: 3, groups, delay: 1, retired })).map(
          (lane) => lane.length,
        );
        expect(unevenness(loads)).toBe(leastUnevenness([0, 0, 0], groups, may));
      }),
      { numRuns: 300 },
    );
  });

  test("one retired pair moves one group and leaves the others with their sessions", () => {
    expect(groupsOf(plan({ mode: "enterprise", sessions: 3, groups: 10, delay: 5, retired: [[0, 1]] }))).toEqual([
      ["g0", "g2", "g3"],
      ["g1", "g4", "g5", "g6"],
      ["g7", "g8", "g9"],
    ]);
  });

  test("the lightest session takes the group, so that no other has to move", () => {
    expect(groupsOf(plan({ mode: "enterprise", sessions: 3, groups: 11, delay: 5, retired: [[0, 1]] }))).toEqual([
      ["g0", "g2", "g3"],
      ["g4", "g5", "g6", "g7"],
      ["g1", "g8", "g9", "g10"],
    ]);
  });

  test("a session that may post to few groups of its part takes others instead", () => {
    const retired = [0, 1, 2, 3].map((group): [number, number] => [0, group]);
    expect(groupsOf(plan({ mode: "enterprise", sessions: 2, groups: 10, delay: 5, retired }))).toEqual([
      ["g4", "g6", "g7", "g8", "g9"],
      ["g0", "g1", "g2", "g3", "g5"],
    ]);
  });
});

test("slots are ordered by time, and those of one time in the order of the sessions", () => {
  const { slots } = plan({ mode: "enterprise", sessions: 3, groups: 5, delay: 5 });
  expect(slots.map((slot) => `${slot.offset} ${slot.sessionId}`)).toEqual(["0 s0", "0 s1", "0 s2", "5 s0", "5 s1"]);
});

test("no sessions, nothing planned", () => {
  expect(plan({ mode: "starter", sessions: 0, groups: 3, delay: 5, minutes: 60 })).toEqual({ slots: [], lanes: [] });
  expect(plan({ mode: "enterprise", sessions: 0, groups: 3, delay: 5, retired: [] })).toEqual({ slots: [], lanes: [] });
});

/** Sum of squares: smallest where the loads are most even. */
const unevenness = (loads: number[]) => loads.reduce((sum, load) => sum + load * load, 0);
/** By trying every partition. */
function leastUnevenness(loads: number[], groups: number, may: (s: number, g: number) => boolean): number {
  if (groups === 0) return unevenness(loads);
  const choices = loads.flatMap((_, s) => (may(s, groups - 1) ? [s] : []));
  if (choices.length === 0) return leastUnevenness(loads, groups - 1, may);
  return Math.min(...choices.map((s) => leastUnevenness(loads.with(s, (loads[s] ?? 0) + 1), groups - 1, may)));
}
