import { MAX_JSON_DEPTH, unreadable } from "@herald/contract";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";

const lists = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

test.each([
  [`"${"[".repeat(100)}"`, "[".repeat(100)],
  [`"\\"${"[{".repeat(100)}"`, `"${"[{".repeat(100)}`],
  [`{"\\\\":"${"[".repeat(100)}"}`, { "\\": "[".repeat(100) }],
  [`[${"[],{},".repeat(100)}1]`, [...Array.from({ length: 100 }, () => [[], {}]).flat(), 1]],
  ["null", null],
  ["", undefined],
])("what is not nested is parsed however many brackets it has: %s", (json, value) => {
  expect(parseJson(json)).toEqual(value);
});

test.each([lists, objects])("what is nested is parsed to a depth, and no deeper", (nested) => {
  expect(JSON.stringify(parseJson(nested(MAX_JSON_DEPTH)))).toBe(nested(MAX_JSON_DEPTH));
  for (const depth of [MAX_JSON_DEPTH + 1, 10_000])
    expect(() => parseJson(nested(depth))).toThrow(expect.objectContaining(unreadable));
});

test.each(["{", "[".repeat(64 * 1024), '"', "undefined", " "])("what is no JSON is refused in our words", (text) => {
  expect(() => parseJson(text)).toThrow(expect.objectContaining(unreadable));
});
