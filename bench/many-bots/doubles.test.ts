import { expect, test } from "vitest";
import { countDoubles } from "./doubles.ts";

const slots = new Map([
  ["1", { cycleId: "a", topicId: null }],
  ["2", { cycleId: "a", topicId: null }],
  ["3", { cycleId: "a", topicId: 5 }],
  ["4", { cycleId: "b", topicId: null }],
]);
const post = (randomId: string, chatId: number) => ({ randomId, chatId });

test.each([
  ["a cycle posts once to each place", [post("1", -1), post("2", -2), post("3", -1), post("4", -1)], 0],
  ["one post stands twice", [post("1", -1), post("1", -1)], 1],
  ["two posts of a cycle stand in one place", [post("1", -1), post("2", -1)], 1],
  ["a post belongs to no cycle", [post("1", -1), post("9", -2)], 1],
])("%s", (_, record, doubles) => expect(countDoubles(record, slots)).toBe(doubles));
