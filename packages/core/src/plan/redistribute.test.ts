import fc from "fast-check";
import { expect, test } from "vitest";
import { redistribute } from "./redistribute.ts";

const slots = (...groups: string[]) => groups.map((groupId) => ({ deliveryId: `d-${groupId}`, groupId }));
const anyone = () => true;

test("what is left goes to the lane that is free first, a delay apart", () => {
  const { moved, left } = redistribute({
    slots: slots("a", "b", "c"),
    lanes: [
      { sessionId: "busy", freeAt: 20_000 },
      { sessionId: "soon", freeAt: 10_000 },
    ],
    delayBetweenPosts: 5,
    until: 60_000,
    mayPost: anyone,
  });
  expect(moved).toEqual([
    { deliveryId: "d-a", sessionId: "soon", plannedAt: new Date(10_000) },
    { deliveryId: "d-b", sessionId: "soon", plannedAt: new Date(15_000) },
    { deliveryId: "d-c", sessionId: "busy", plannedAt: new Date(20_000) },
  ]);
  expect(left).toEqual([]);
});

test("a lane takes only what its session may post to, and nothing after the cycle's time", () => {
  const { moved, left } = redistribute({
    slots: slots("a", "b", "c", "d"),
    lanes: [{ sessionId: "one", freeAt: 0 }],
    delayBetweenPosts: 10,
    until: 10_000,
    mayPost: (_session, group) => group !== "b",
  });
  expect(moved.map(({ deliveryId }) => deliveryId)).toEqual(["d-a", "d-c"]);
  expect(left).toEqual(["d-b", "d-d"]);
});

test("without a lane that lives everything is left", () => {
  const { moved, left } = redistribute({
    slots: slots("a"),
    lanes: [],
    delayBetweenPosts: 5,
    until: 9,
    mayPost: anyone,
  });
  expect(moved).toEqual([]);
  expect(left).toEqual(["d-a"]);
});

test("every slot is moved once or left, no lane is closer than its delay, and nobody posts where they may not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30 }),
      fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 5 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 120_000 }),
      fc.func(fc.boolean()),
      (count, frees, delayBetweenPosts, until, may) => {
        const given = slots(...Array.from({ length: count }, (_, n) => `${n}`));
        const lanes = frees.map((freeAt, n) => ({ sessionId: `s${n}`, freeAt }));
        const mayPost = (session: string, group: string) => may(session, group);
        const { moved, left } = redistribute({ slots: given, lanes, delayBetweenPosts, until, mayPost });
        expect([...moved.map((slot) => slot.deliveryId), ...left].sort()).toEqual(
          given.map((s) => s.deliveryId).sort(),
        );
        for (const { sessionId, freeAt } of lanes) {
          const times = moved.filter((slot) => slot.sessionId === sessionId).map((slot) => slot.plannedAt.getTime());
          expect(times).toEqual(times.map((_, n) => freeAt + n * delayBetweenPosts * 1000));
          expect(times.every((at) => at <= until)).toBe(true);
        }
        for (const { sessionId, deliveryId } of moved) expect(mayPost(sessionId, deliveryId.slice(2))).toBe(true);
      },
    ),
  );
});
