import { expect, test } from "vitest";
import { aSession } from "../testing/fake-bots.ts";
import { byUse, mayBeTaken, rests, summarize, usableFrom } from "./session-state.ts";

const now = new Date("2030-01-01T00:00:00Z");
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test.each([
  ["none", { restingUntil: null, needsAdmin: false }, false],
  ["a rest that is over", { restingUntil: at(-1), needsAdmin: false }, false],
  ["a rest that ends now", { restingUntil: now, needsAdmin: false }, false],
  ["a rest", { restingUntil: at(1), needsAdmin: false }, true],
  ["an admin who has to look", { restingUntil: null, needsAdmin: true }, true],
  ["an admin who has to look, after a rest", { restingUntil: at(-1), needsAdmin: true }, true],
] as const)("with %s", (_what, rest, isResting) => {
  expect(rests(rest, now)).toBe(isResting);
  expect(usableFrom(rest, now)).toEqual(rest.needsAdmin ? null : isResting ? rest.restingUntil : now);
  expect(mayBeTaken({ ...rest, place: "unused" }, now)).toBe(!isResting);
  for (const place of ["assigned", "banned"] as const) expect(mayBeTaken({ ...rest, place }, now)).toBe(false);
});

test("those that can post come first, then the soonest back, then those that an admin must see", () => {
  const order = byUse(
    [
      aSession("limited", { needsAdmin: true }),
      aSession("late", { restingUntil: at(20) }),
      aSession("well"),
      aSession("soon", { restingUntil: at(10) }),
      aSession("back", { restingUntil: at(-10) }),
    ],
    now,
  );
  expect(order.map(({ id }) => id)).toEqual(["well", "back", "soon", "late", "limited"]);
});

test("the first that is back by itself is told, and no rest that waits for an admin", () => {
  const seated = [
    aSession("well"),
    aSession("late", { restingUntil: at(20) }),
    aSession("soon", { restingUntil: at(10) }),
    aSession("limited", { needsAdmin: true, restingUntil: at(5) }),
  ];
  const enough = { short: null, poolBack: null };
  expect(summarize(seated, enough, now)).toEqual({ seated: 4, ready: 1, back: at(10), short: null });
  // one that has rested is back already
  expect(summarize([aSession("back", { restingUntil: at(-1) })], enough, now)).toMatchObject({ ready: 1, back: null });
  expect(summarize(seated, { short: "pool", poolBack: at(7) }, now)).toMatchObject({ back: at(7), short: "pool" });
});
