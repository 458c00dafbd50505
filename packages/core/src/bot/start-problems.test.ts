import type { StopReason } from "@herald/contract";
import { expect, test } from "vitest";
import { aPlan } from "../testing/fake-bots.ts";
import {
  nothingToPost,
  refusalOf,
  type StartFacts,
  type StartProblem,
  startProblems,
  stopReasonOf,
} from "./start-problems.ts";

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

test.each<[Partial<StartFacts>, Partial<StartProblem>]>([
  [{ plan: null }, { mend: "admin" }],
  [{ plan: aPlan({ expiresAt: now.toISOString() }) }, { mend: "admin", details: { expiresAt: now.toISOString() } }],
  [{ isBreakerTripped: true }, { mend: "admin" }],
  [{ hasPost: false }, { mend: "post", field: "post" }],
  [{ isContentRefused: true }, { mend: "post", field: "post" }],
  [{ groups: { all: 12, active: 12 } }, { mend: "groups", details: { maxGroups: 10, groups: 12 } }],
  [{ groups: { all: 0, active: 0 } }, { mend: "groups" }],
  [{ sessions: { ...sessions, short: "api_pair" } }, { mend: "admin" }],
  [{ sessions: { ...sessions, short: "pool" } }, { mend: "admin" }],
  [{ sessions: { ...sessions, seated: 1 } }, { mend: "admin" }],
  [{ sessions: { ...sessions, seated: 1, back: now } }, { mend: "admin" }],
  [
    { settings: { ...good.settings, totalCycleMinutes: 1, delayBetweenPosts: 31 } },
    { mend: "settings", field: "totalCycleMinutes" },
  ],
])("it is told where it is mended: %j", (facts, told) => {
  expect(startProblems({ ...good, ...facts })).toMatchObject([told]);
});

test("a plan holds until its end, and for as many groups as it allows", () => {
  expect(codes({ plan: aPlan({ expiresAt: new Date(now.getTime() + 1).toISOString() }) })).toEqual([]);
  expect(codes({ groups: { all: 10, active: 10 } })).toEqual([]);
});

test.each<[StopReason, StartProblem["code"][]]>([
  ["plan_expired", ["plan_missing", "plan_expired"]],
  ["breaker", ["breaker_tripped"]],
  ["content", ["content_refused"]],
  ["no_sessions", ["no_sessions", "no_api_pair"]],
  ["config", ["no_post", "no_groups", "plan_limit_groups", "infeasible_cycle", "cooldown_too_long"]],
])("between two cycles the bot stands still as %s", (reason, codes) => {
  for (const code of codes) expect(stopReasonOf(code)).toBe(reason);
});

test("a refusal carries the numbers that it was judged by, and no field where there is none", () => {
  const [limit] = startProblems({ ...good, groups: { all: 12, active: 12 } });
  if (limit === undefined) throw new Error("none");
  expect(refusalOf(limit)).toMatchObject({ field: undefined, details: { maxGroups: 10, groups: 12 } });
});
