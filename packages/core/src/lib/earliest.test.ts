import { expect, test } from "vitest";
import { earliest } from "./earliest.ts";

test("the first of the instants, whatever their order", () => {
  const [first, second, third] = [new Date(1), new Date(2), new Date(3)];
  expect(earliest([second, first, third])).toBe(first);
  expect(earliest(new Set([third, second]))).toBe(second);
});

test("none of no instants", () => {
  expect(earliest([])).toBeNull();
});

test("of more than fit into the arguments of a call", () => {
  expect(earliest(Array.from({ length: 150_000 }, (_, index) => new Date(150_000 - index)))).toEqual(new Date(1));
});
