import { expect, test } from "vitest";
import { aPlan } from "../testing/fake-bots.ts";
import { nothingToPost, refusalOf, type StartFacts, startProblems } from "./start-problems.ts";

const now = new Date("2030-01-01T00:00:00Z");
const good: StartFacts = {
  now,
  plan: aPlan(),
  isBreakerTripped: false,
  isContentRefused: false,
  hasPost: true,
  groups: { all: 2, active: 2 },
  sessions: { seated: 1, ready: 1, back: null, short: null },
  settings: {
    executionMode: "starter",
    delayBetweenPosts: 5,
    delayBetweenCycles: 300,
    totalCycleMinutes: 60,
    cooldownSeconds: 60,
  },
};
const codes = (facts: Partial<StartFacts>) => startProblems({ ...good, ...facts }).map(({ code }) => code);

test("a bot that lacks nothing may start", () => {
  expect(startProblems(good)).toEqual([]);
});

const sessions = { seated: 0, ready: 0, back: null, short: null } as const;

test.each<[string, Partial<StartFacts>]>([
  ["plan_missing", { plan: null }],
  ["plan_expired", { plan: aPlan({ expiresAt: now.toISOString() }) }],
  ["breaker_tripped", { isBreakerTripped: true }],
  ["content_refused", { isContentRefused: true }],
  ["no_post", { hasPost: false }],
  ["plan_limit_groups", { groups: { all: 11, active: 1 } }],
  ["no_groups", { groups: { all: 0, active: 0 } }],
  ["no_groups", { groups: { all: 2, active: 0 } }],
  ["no_sessions", { sessions: { ...sessions, short: "pool" } }],
  ["no_api_pair", { sessions: { ...sessions, short: "api_pair" } }],
  ["no_sessions", { sessions: { ...sessions, seated: 1 } }],
  ["infeasible_cycle", { settings: { ...good.settings, totalCycleMinutes: 1, delayBetweenPosts: 31 } }],
  ["cooldown_too_long", { settings: { ...good.settings, cooldownSeconds: 3601 } }],
])("%s", (code, facts) => {
  expect(codes(facts)).toEqual([code]);
});

test("all of them are told, in the order in which they are mended; what was not looked at is not", () => {
  expect(
    codes({ plan: null, isBreakerTripped: true, hasPost: false, groups: { all: 0, active: 0 }, sessions: null }),
  ).toEqual(["plan_missing", "breaker_tripped", "no_post", "no_groups"]);
});

test("a rest that ends by itself says when", () => {
  const back = new Date("2030-01-01T01:00:00Z");
  expect(startProblems({ ...good, sessions: { seated: 2, ready: 0, back, short: null } })).toMatchObject([
    { code: "no_sessions", until: back, message: expect.stringMatching(/rests .* the first is back in 1 h\.$/) },
  ]);
  // none is seated, and the pool's first is back then
  expect(startProblems({ ...good, sessions: { seated: 0, ready: 0, back, short: "pool" } })).toMatchObject([
    { code: "no_sessions", until: back, message: expect.stringMatching(/pool .* back in 1 h\.$/) },
  ]);
});

test("where nothing may be posted, what helps is said: to wait, another post, other groups", () => {
  const until = new Date("2030-01-01T00:04:00Z");
  expect(nothingToPost({ until, isPostRefused: true }, now)).toMatchObject({
    until,
    message: expect.stringMatching(/tried again in 4 min\.$/),
  });
  const another = nothingToPost({ until: null, isPostRefused: true }, now);
  expect(another).toMatchObject({ mend: "post", field: "post", message: expect.stringMatching(/Change the post\.$/) });
  expect(another).not.toHaveProperty("until");
  expect(nothingToPost({ until: null, isPostRefused: false }, now)).toMatchObject({
    mend: "groups",
    message: expect.stringContaining("Add groups"),
  });
});

test("a start refuses with the words that the page shows", () => {
  const [problem] = startProblems({ ...good, hasPost: false });
  if (problem === undefined) throw new Error("none");
  expect(refusalOf(problem)).toMatchObject({ code: problem.code, message: problem.message, field: "post" });
});
