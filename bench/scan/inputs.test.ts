import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { endpoints } from "./endpoints.ts";
import { inputsOf } from "./inputs.ts";

const SAMPLE = { numRuns: 400, seed: 1 };

const schema = z.object({
  name: z.string().trim().min(2).max(5),
  count: z.number().int().min(3).max(9),
  kind: z.enum(["a", "b"]).optional(),
  list: z.array(z.string().regex(/^\d+$/)).min(1).max(3),
  either: z.union([z.literal("x"), z.boolean(), z.null()]),
  when: z.iso.datetime().nullable(),
});

test("what fits is taken, and every property varies", () => {
  const made = fc.sample(inputsOf(schema, ["word"]).fitting, SAMPLE);
  expect(made.filter((value) => !schema.safeParse(value).success)).toEqual([]);
  const values = made.map((value) => schema.parse(value));
  expect(values.some(({ name }) => name === "word")).toBe(true);
  expect(new Set(values.map(({ count }) => count))).toEqual(new Set([3, 4, 5, 6, 7, 8, 9]));
  expect(new Set(values.map(({ kind }) => kind))).toEqual(new Set(["a", "b", undefined]));
  expect(new Set(values.map(({ either }) => either))).toEqual(new Set(["x", true, false, null]));
});

test("what strays does so in every property, beyond each bound and with hostile texts", () => {
  const made = fc.sample(inputsOf(schema, ["word"]).straying, { ...SAMPLE, numRuns: 3000 });
  const refused = new Set(
    made.flatMap((value) =>
      (schema.safeParse(value).error?.issues ?? []).map(({ path, code }) => `${String(path[0] ?? "all")}: ${code}`),
    ),
  );
  for (const name of ["name", "count", "list"])
    for (const code of ["too_small", "too_big", "invalid_type"]) expect(refused).toContain(`${name}: ${code}`);
  for (const fault of ["all: invalid_type", "kind: invalid_value", "either: invalid_union", "when: invalid_format"])
    expect(refused).toContain(fault);
  const sent = JSON.stringify(made);
  for (const hostile of ["\\u0000", "\\ud800", "\u202e", "__proto__", "DROP TABLE"]) expect(sent).toContain(hostile);
});

describe("of everything that the engine takes", () => {
  const taking = endpoints().flatMap(({ name, schema }) => (schema === undefined ? [] : [{ name, schema }]));
  const words = [
    ...["@durov", "https://t.me/durov/1", "-1001234567890", "Europe/Kyiv", "7", "somebody@example.org"],
    "four words that somebody put together",
  ];

  test.each(taking)("$name takes most of what is to fit, and not all of what strays", ({ schema }) => {
    const { fitting, straying } = inputsOf(schema, words);
    const taken = (made: unknown[]) => made.filter((value) => schema.safeParse(value).success).length;
    expect(taken(fc.sample(fitting, SAMPLE))).toBeGreaterThan(SAMPLE.numRuns / 2);
    expect(taken(fc.sample(straying, SAMPLE))).toBeLessThan(SAMPLE.numRuns);
  });
});
