import { expect, test } from "vitest";
import { withoutUndefined } from "./without-undefined.ts";

test("what is undefined is left out; null, zero and nothing said are values", () => {
  const input = { delay: undefined, sessionCount: null, groups: 0, label: "" };
  expect(Object.entries(withoutUndefined(input))).toEqual([
    ["sessionCount", null],
    ["groups", 0],
    ["label", ""],
  ]);
});
