import { expect, test } from "vitest";
import { actOf, factsChanged } from "./audit-words";

test("an act is told in words, and one that is not known by its name", () => {
  expect([actOf("bot.start"), actOf("bot.fly")]).toEqual(["Started posting", "bot.fly"]);
});

test("what an act changed is told fact by fact", () => {
  expect(
    factsChanged({ before: { name: "Ada", plan: null }, after: { name: "Eve", plan: { type: "STARTER" } } }),
  ).toEqual([
    { name: "name", before: "Ada", after: "Eve" },
    { name: "plan", before: "none", after: '{"type":"STARTER"}' },
  ]);
  expect(factsChanged({ before: null, after: { groups: 2 } })).toEqual([{ name: "groups", before: null, after: "2" }]);
  expect(factsChanged({ before: { label: "a" }, after: null })).toEqual([{ name: "label", before: "a", after: null }]);
  expect(factsChanged({ before: null, after: null })).toEqual([]);
});
