import { expect, test } from "vitest";
import { givenUpBy, type LaneEnd } from "./lane-end.ts";

test.each<[LaneEnd, isGivenUp: boolean]>([
  ["session_lost", true],
  ["session_resting", true],
  ["source_refused", true],
  ["unreachable", true],
  ["cycle_ended", true],
  ["finished", false],
  ["aborted", false],
  ["lost", false],
  ["bot_stopped", false],
])("what a lane leaves that ended as %s is left out of the cycle: %s", (end, isGivenUp) => {
  expect(givenUpBy(end)).toBe(isGivenUp ? end : null);
});
