import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planCycle } from "./cycle-plan.ts";
import { type CycleSettings, findCycleProblem, forecastCycle } from "./forecast.ts";

const settings: CycleSettings = {
  executionMode: "starter",
  groups: 10,
  sessions: 2,
  delayBetweenPosts: 5,
  delayBetweenCycles: 300,
  totalCycleMinutes: 60,
  cooldownSeconds: 60,
};
const starter = fc.record({
  executionMode: fc.constant("starter" as const),
  groups: fc.integer({ min: 1, max: 12 }),
  sessions: fc.integer({ min: 1, max: 6 }),
  delayBetweenPosts: fc.integer({ min: 0, max: 40 }),
  delayBetweenCycles: fc.constant(300),
  totalCycleMinutes: fc.integer({ min: 1, max: 12 }),
  cooldownSeconds: fc.integer({ min: 0, max: 180 }),
});

describe("the seeds' worked examples", () => {
  test("example 1: 2 sessions, 60 minutes", () => {
    expect(forecastCycle(settings)).toEqual({
      feasible: true,
      problem: null,
      smallestTotalCycleMinutes: 2,
      executionMode: "starter",
      sessions: 2,
      groups: 10,
      posts: 20,
      postsPerGroup: 2,
      firstPostAt: 0,
      lastPostAt: 1845,
      length: 1845,
      repeatsEvery: 3600,
      lanes: [
        { startOffset: 0, posts: 10, length: 50 },
        { startOffset: 1800, posts: 10, length: 50 },
      ],
    });
  });

  test("example 2: 6 sessions, 60 minutes, 100 s a session", () => {
    const forecast = forecastCycle({ ...settings, sessions: 6, groups: 20 });
    expect(forecast.lanes.map((lane) => lane.startOffset)).toEqual([0, 600, 1200, 1800, 2400, 3000]);
    expect(forecast.lanes.map((lane) => lane.length)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(forecast).toMatchObject({ feasible: true, posts: 120, postsPerGroup: 6, lastPostAt: 3095 });
  });

  test("example 3: enterprise takes 15 s where one starter lane takes 50", () => {
    expect(forecastCycle({ ...settings, executionMode: "enterprise", sessions: 3, totalCycleMinutes: null })).toEqual({
      feasible: true,
      problem: null,
      smallestTotalCycleMinutes: null,
      executionMode: "enterprise",
      sessions: 3,
      groups: 10,
      posts: 10,
      postsPerGroup: 1,
      firstPostAt: 0,
      lastPostAt: 15,
      length: 15,
      repeatsEvery: 315,
      lanes: [
        { startOffset: 0, posts: 4, length: 20 },
        { startOffset: 0, posts: 3, length: 15 },
        { startOffset: 0, posts: 3, length: 15 },
      ],
    });
  });
});

test("feasible exactly when no lane of the repeated plan runs into the next, and no group is posted to within its cool-down", () => {
  fc.assert(
    fc.property(starter, (input) => {
      const total = input.totalCycleMinutes * 60;
      const { lanes } = planCycle({
        mode: "starter",
        groupIds: Array.from({ length: input.groups }, (_, i) => `g${i}`),
        sessionIds: Array.from({ length: input.sessions }, (_, i) => `s${i}`),
        delayBetweenPosts: input.delayBetweenPosts,
        totalCycleMinutes: input.totalCycleMinutes,
      });
      const repeated = [0, total].flatMap((from) =>
        lanes.map((lane) => ({
          start: from + lane.startOffset,
          posts: lane.slots.map((slot) => from + slot.offset),
        })),
      );
      const runsOver = repeated.some((lane, index) => {
        const next = repeated[index + 1];
        const end = (lane.posts.at(-1) ?? 0) + input.delayBetweenPosts;
        return next !== undefined && end > next.start + 1e-6;
      });
      const tooClose = repeated.some((lane, index) => {
        const next = repeated[index + 1];
        return next !== undefined && (next.posts[0] ?? 0) - (lane.posts[0] ?? 0) < input.cooldownSeconds - 1e-6;
      });
      expect(forecastCycle(input).feasible).toBe(!runsOver && !tooClose);
    }),
    { numRuns: 1000 },
  );
});

test("the smallest cycle it names fits, and one minute less does not", () => {
  fc.assert(
    fc.property(starter, (input) => {
      const smallest = forecastCycle(input).smallestTotalCycleMinutes ?? 0;
      expect(forecastCycle({ ...input, totalCycleMinutes: smallest }).feasible).toBe(true);
      if (smallest > 1) expect(forecastCycle({ ...input, totalCycleMinutes: smallest - 1 }).feasible).toBe(false);
    }),
    { numRuns: 300 },
  );
});

describe("what is wrong, in numbers and words", () => {
  test("a lane that fills its place exactly still fits", () => {
    // 2 × 6 × 5 s are one minute
    expect(findCycleProblem({ ...settings, groups: 6, totalCycleMinutes: 1, cooldownSeconds: 0 })).toBeNull();
  });

  test("a lane that is too long", () => {
    expect(findCycleProblem({ ...settings, totalCycleMinutes: 1, cooldownSeconds: 0 })).toEqual({
      code: "infeasible_cycle",
      message:
        "10 groups with 5 s between posts take one account 50 s, but with 2 accounts in 1 minute the next begins after 30 s. Choose at least 2 minutes, fewer groups, fewer accounts or a shorter delay.",
      details: {
        groups: 10,
        sessions: 2,
        delayBetweenPosts: 5,
        totalCycleMinutes: 1,
        laneSeconds: 50,
        cooldownSeconds: 0,
        spacingSeconds: 30,
        smallestTotalCycleMinutes: 2,
      },
    });
  });

  test("a cool-down that is longer than the spacing", () => {
    expect(findCycleProblem({ ...settings, cooldownSeconds: 3600 })).toMatchObject({
      code: "cooldown_too_long",
      message:
        "One of your groups takes a post every 1 h at most, but 2 accounts in 60 minutes post to each group every 30 min. Choose at least 120 minutes, fewer accounts or leave that group out.",
      details: { cooldownSeconds: 3600, spacingSeconds: 1800, smallestTotalCycleMinutes: 120 },
    });
  });

  test("a lane that fits into no cycle", () => {
    const forecast = forecastCycle({ ...settings, groups: 5000, sessions: 10, delayBetweenPosts: 60 });
    expect(forecast.smallestTotalCycleMinutes).toBeNull();
    expect(forecast.problem).toContain("No cycle of at most 7 days fits");
    const problem = findCycleProblem({ ...settings, groups: 5000, sessions: 10, delayBetweenPosts: 60 });
    expect(Object.keys(problem?.details ?? {})).not.toContain("smallestTotalCycleMinutes");
  });

  test("a lane that fits into the longest cycle alone, and one that is a second too long for it", () => {
    const aWeek = 7 * 24 * 3600;
    const smallest = (delayBetweenPosts: number) =>
      forecastCycle({ ...settings, groups: 1, sessions: 1, delayBetweenPosts }).smallestTotalCycleMinutes;
    expect([smallest(aWeek), smallest(aWeek + 1)]).toEqual([10_080, null]);
  });

  test("enterprise has no such problem: a post within a cool-down waits", () => {
    expect(findCycleProblem({ ...settings, executionMode: "enterprise", cooldownSeconds: 86_400 })).toBeNull();
  });

  test("nothing to post is feasible", () => {
    expect(forecastCycle({ ...settings, groups: 0, totalCycleMinutes: 1 })).toMatchObject({
      feasible: true,
      posts: 0,
      postsPerGroup: 0,
    });
    for (const executionMode of ["starter", "enterprise"] as const)
      expect(forecastCycle({ ...settings, executionMode, sessions: 0, totalCycleMinutes: 1 })).toMatchObject({
        feasible: true,
        lanes: [],
        postsPerGroup: 0,
        lastPostAt: 0,
      });
  });
});
