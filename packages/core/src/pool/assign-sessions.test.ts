import { expect, test } from "vitest";
import { aPlan, aSession, FakeBots } from "../testing/fake-bots.ts";
import { assignSessions, pickApiPair, wantedSessions } from "./assign-sessions.ts";
import { mayBeTaken, predictSessions, summarize } from "./session-state.ts";

const now = new Date("2030-01-01T00:00:00Z");
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const unused = { place: "unused", userId: null, apiPairId: null } as const;

type Case = [
  name: string,
  wanted: number,
  sessions: FakeBots["sessions"],
  capacity: number,
  kept: string[],
  released: string[],
];

test.each<Case>([
  [
    "keeps the one that can post, not the one that an admin must see",
    1,
    [aSession("limited", { needsAdmin: true }), aSession("well")],
    7,
    ["well"],
    ["limited"],
  ],
  [
    "keeps the one that can post, not the one that rests",
    1,
    [aSession("resting", { restingUntil: later(1) }), aSession("well")],
    7,
    ["well"],
    ["resting"],
  ],
  [
    "keeps the one that is back first",
    2,
    [
      aSession("limited", { needsAdmin: true }),
      aSession("late", { restingUntil: later(2) }),
      aSession("soon", { restingUntil: later(1) }),
    ],
    7,
    ["late", "soon"],
    ["limited"],
  ],
  ["keeps the longest assigned of equals", 1, [aSession("first"), aSession("second")], 7, ["first"], ["second"]],
  [
    "gets what is missing from the pool, but none that rests",
    3,
    [
      aSession("own"),
      aSession("tired", { ...unused, restingUntil: later(1) }),
      aSession("a", unused),
      aSession("b", unused),
    ],
    7,
    ["own", "a", "b"],
    [],
  ],
  [
    "gets less while the pool's others rest",
    2,
    [aSession("own", { restingUntil: later(2) }), aSession("tired", { ...unused, restingUntil: later(1) })],
    7,
    ["own"],
    [],
  ],
  [
    "gets no more than is missing",
    2,
    [aSession("own"), aSession("a", unused), aSession("b", unused), aSession("c", unused)],
    7,
    ["own", "a"],
    [],
  ],
  [
    "seats its own where one sat that it gives back",
    1,
    [aSession("limited", { needsAdmin: true }), aSession("well", { apiPairId: null })],
    1,
    ["well"],
    ["limited"],
  ],
  [
    "finds no seat where none sat",
    1,
    [aSession("limited", { needsAdmin: true, apiPairId: null }), aSession("well", { apiPairId: null })],
    0,
    [],
    ["limited"],
  ],
  ["gets less when the pool is empty", 3, [aSession("own"), aSession("a", unused)], 7, ["own", "a"], []],
  [
    "gets less when seats are few",
    3,
    [aSession("own"), aSession("a", unused), aSession("b", unused)],
    2,
    ["own", "a"],
    [],
  ],
  ["keeps its own without a seat aside", 1, [aSession("own", { apiPairId: null })], 0, [], []],
])("a bot %s, as foretold", async (_, wanted, sessions, capacity, kept, released) => {
  const fakes = new FakeBots();
  fakes.sessions = sessions;
  fakes.pairs = fakes.pairs.map((pair) => ({ ...pair, capacity }));
  const foretold = predictSessions(
    {
      own: sessions.filter(({ userId }) => userId === "user"),
      unused: sessions.filter((session) => mayBeTaken(session, now)).length,
      unusedBack: await fakes.tx.sessions.firstUnusedBack(now),
      freeSeats: capacity - sessions.filter(({ apiPairId }) => apiPairId !== null).length,
    },
    wanted,
    now,
  );
  const assignment = await assignSessions(fakes.tx, "user", wanted, now);
  expect(assignment.sessions.map(({ id }) => id)).toEqual(kept);
  expect(assignment.released.map(({ id }) => id)).toEqual(released);
  expect(summarize(assignment.sessions, assignment, now)).toEqual(foretold);
});

test("who needs no seat does not wait for the lock of the API pairs", async () => {
  const fakes = new FakeBots();
  fakes.sessions = [aSession("own"), aSession("free", unused)];
  await assignSessions(fakes.tx, "user", 1, now);
  expect(fakes.pairLocks).toBe(0);
  await assignSessions(fakes.tx, "user", 2, now);
  expect(fakes.pairLocks).toBe(1);
});

test("an account that finds no seat is the bot's all the same when it was before", async () => {
  const fakes = new FakeBots();
  fakes.pairs = [];
  fakes.sessions = [aSession("own", { apiPairId: null }), aSession("free", unused)];
  expect(await assignSessions(fakes.tx, "user", 2, now)).toMatchObject({ sessions: [], taken: [], released: [] });
  expect(fakes.sessions).toMatchObject([
    { place: "assigned", userId: "user" },
    { place: "unused", userId: null },
  ]);
});

test("the least-used pair with a seat is picked, the oldest of equals; a full one never is", () => {
  const pair = (id: string, used: number, capacity = 7) => ({ id, used, capacity });
  expect(pickApiPair([pair("busy", 5), pair("calm", 2), pair("as calm", 2)])?.id).toBe("calm");
  expect(pickApiPair([pair("small but full", 1, 1), pair("over", 9), pair("last seat", 6)])?.id).toBe("last seat");
  expect(pickApiPair([pair("full", 7)])).toBeNull();
  expect(pickApiPair([])).toBeNull();
});

test("many that are seated at once fill the pairs evenly, and none beyond its seats", async () => {
  const fakes = new FakeBots();
  const aPair = (id: string, apiId: number, capacity: number) => ({
    ...{ id, apiId, capacity, label: null, addedAt: new Date(0) },
  });
  fakes.pairs = [aPair("small", 1, 2), aPair("large", 2, 4)];
  fakes.sessions = [
    aSession("seated", { apiPairId: "large" }),
    aSession("unseated", { apiPairId: null }),
    ...Array.from({ length: 6 }, (_, n) => aSession(`free ${n}`, unused)),
  ];
  const { sessions, taken, short } = await assignSessions(fakes.tx, "user", 8, now);
  expect(sessions.map(({ id, apiPairId }) => [id, apiPairId])).toEqual([
    ["seated", "large"],
    ["unseated", "small"],
    ["free 0", "small"],
    ["free 1", "large"],
    ["free 2", "large"],
    ["free 3", "large"],
  ]);
  expect(fakes.sessions.map(({ id, apiPairId }) => [id, apiPairId]).slice(0, 6)).toEqual(
    sessions.map(({ id, apiPairId }) => [id, apiPairId]),
  );
  expect([taken.map(({ id }) => id), short]).toEqual([["free 0", "free 1", "free 2", "free 3"], "api_pair"]);
  // those without a seat are the pool's again
  expect(fakes.sessions.slice(6)).toMatchObject([
    { place: "unused", userId: null },
    { place: "unused", userId: null },
  ]);
});

test("a bot wants as many accounts as were chosen, and never more than the plan allows", () => {
  const plan = aPlan({ maxSessions: 5 });
  expect([null, 3, 9].map((count) => wantedSessions(count, plan))).toEqual([5, 3, 5]);
  expect([null, 3].map((count) => wantedSessions(count, null))).toEqual([0, 0]);
});
