import { expect, test } from "vitest";
import { turns } from "./turns.ts";

/** Work that is begun and ends when it is told to. */
function work() {
  const end = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  let isBegun = false;
  return {
    ...end,
    begun: begun.promise,
    isBegun: () => isBegun,
    do: () => {
      isBegun = true;
      begun.resolve();
      return end.promise;
    },
  };
}

test("so many are at work at a time, and who waits comes in turn, also after one that failed", async () => {
  const inTurn = turns(2);
  const [a, b, c, d] = [work(), work(), work(), work()];
  const results = [a, b, c, d].map((one) => inTurn(one.do));
  const failed = expect(results[0]).rejects.toThrow("broken");
  expect([a, b, c, d].map((one) => one.isBegun())).toEqual([true, true, false, false]);
  a.reject(new Error("broken"));
  await c.begun;
  expect(d.isBegun()).toBe(false);
  b.resolve("b");
  await d.begun;
  c.resolve("c");
  d.resolve("d");
  await failed;
  expect(await Promise.all(results.slice(1))).toEqual(["b", "c", "d"]);
  // all places are free again
  const [e, f, g] = [work(), work(), work()];
  const later = [e, f, g].map((one) => inTurn(one.do));
  expect([e, f, g].map((one) => one.isBegun())).toEqual([true, true, false]);
  for (const one of [e, f, g]) one.resolve("");
  await Promise.all(later);
});
