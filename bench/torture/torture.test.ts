import { expect, test } from "vitest";
import { BRIEF_SCALE } from "./stage.ts";
import { boundOf, isClean, torture } from "./torture.ts";

/** The most acts in one of the tests. */
const MOST_KILLS = 6;

test.each([
  { engines: 1, kills: 3 },
  { engines: 3, kills: MOST_KILLS },
])(
  "$kills acts on $engines engines lose nothing, double nothing and break no wait",
  async ({ engines, kills }) => {
    const { journal: _, ...result } = await torture({
      kills,
      seed: engines,
      engines,
      scale: BRIEF_SCALE,
      longestPause: 3,
    });
    expect(Object.values(result.acts).reduce((sum, times) => sum + times, 0)).toBe(kills);
    expect(result.timelines.join("\n\n")).toBe("");
    expect(result).toMatchObject({
      lost: 0,
      duplicated: 0,
      sentInsideWait: 0,
      duplicateKeyUse: 0,
      optedOutPosts: 0,
      disabledPosts: 0,
      cooldownViolations: 0,
      open: 0,
      faults: [],
    });
    expect(isClean(result)).toBe(true);
    expect(result.delivered).toBeGreaterThan(0);
    expect(result.planned).toBe(result.delivered + result.recordedFailed);
  },
  boundOf({ kills: MOST_KILLS }) * 1000,
);
