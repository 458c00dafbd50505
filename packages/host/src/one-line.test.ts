import { expect, test } from "vitest";
import { oneLine } from "./one-line.ts";

test("nothing in a text ends its line, obeys a terminal or turns the direction", () => {
  expect(oneLine("a\nb\r\nc\tд\u0085\u2028\u2029")).toBe("a\\u000ab\\u000d\\u000ac\\u0009д\\u0085\\u2028\\u2029");
  expect(oneLine("\u001b[2J\u009b1m\u007f\u0000")).toBe("\\u001b[2J\\u009b1m\\u007f\\u0000");
  expect(oneLine("\u202egnp.\u2066x\u200f\u061c")).toBe("\\u202egnp.\\u2066x\\u200f\\u061c");
});

test("names of all the world stay as they are", () => {
  const names = "Ärger, 日本語, العربية, עברית, हिन्दी, 👩‍👩‍👧 \\u000a";
  expect(oneLine(names)).toBe(names);
});

test("in the strings of JSON it is another spelling of the same", () => {
  const value = { text: "a\nb\u009b\u202ec\u2028" };
  expect(JSON.parse(oneLine(JSON.stringify(value)))).toEqual(value);
});
