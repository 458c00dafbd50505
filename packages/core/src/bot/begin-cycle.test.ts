import { expect, test } from "vitest";
import type { Bot, Cycle, Delivery } from "../model/domain.ts";
import type { Random } from "../ports/index.ts";
import { aBot, aGroup, aPlan, aSession, aUser, FakeBots } from "../testing/fake-bots.ts";
import { beginCycle } from "./begin-cycle.ts";

const now = new Date("2030-01-01T00:00:00Z");
const random: Random = { int64: () => 1n, token: () => "", uuid: () => "" };
const begin = ({ tx, bot, user }: FakeBots) => beginCycle(tx, { bot, user, now, random });

function scene(): FakeBots {
  const fakes = new FakeBots();
  fakes.groups = [aGroup("a"), aGroup("b")];
  fakes.sessions = [aSession("one")];
  return fakes;
}

const openCycle = (more: Partial<Cycle> = {}): Cycle => ({
  id: "open",
  botId: "bot",
  userId: "user",
  number: 1,
  state: "open",
  epoch: 1,
  executionMode: "enterprise",
  postId: "post",
  post: { type: "text", content: "hello" },
  delayBetweenPosts: 5,
  totalCycleMinutes: null,
  startedAt: new Date(0),
  endedAt: null,
  ...more,
});

const delivery = (id: string, plannedAt: Date, sessionId = "one"): Delivery => ({
  id,
  cycleId: "open",
  sessionId,
  groupId: "a",
  plannedAt,
  randomId: 1n,
  state: "planned",
  outcome: null,
  code: null,
  messageId: null,
  attempts: 0,
  triedAt: null,
});

test("a cycle is made of the bot's post, in the mode that the plan decides", async () => {
  const fakes = scene();
  fakes.user = aUser({ plan: aPlan({ type: "STARTER" }) });
  expect(await begin(fakes)).toMatchObject({ kind: "begun", resumed: null, cycle: { number: 1, postId: "post" } });
  expect(fakes.cycles).toMatchObject([{ executionMode: "starter", totalCycleMinutes: 60 }]);
});

test("a mode that was chosen comes before the plan's", async () => {
  const fakes = scene();
  fakes.user = aUser({ plan: aPlan({ type: "STARTER" }) });
  fakes.bot = aBot({ executionMode: "enterprise" });
  await begin(fakes);
  expect(fakes.cycles).toMatchObject([{ executionMode: "enterprise", totalCycleMinutes: null }]);
});

test("what is wrong without looking at the accounts is refused before any is taken", async () => {
  const fakes = scene();
  fakes.sessions = [aSession("free", { place: "unused", userId: null, apiPairId: null })];
  fakes.user = aUser({ plan: aPlan({ maxGroups: 1 }) });
  expect(await begin(fakes)).toMatchObject({ kind: "refused", problem: { code: "plan_limit_groups" } });
  expect([fakes.sessions[0]?.place, fakes.pairLocks, fakes.cycles]).toEqual(["unused", 0, []]);
});

test("a cycle that does not fit is refused, whichever it is", async () => {
  const fakes = scene();
  fakes.bot = aBot({ executionMode: "starter", totalCycleMinutes: 1, delayBetweenPosts: 31 });
  expect(await begin(fakes)).toMatchObject({ kind: "refused", problem: { code: "infeasible_cycle" } });
});

test("accounts that rest say until when", async () => {
  const fakes = scene();
  const until = new Date(now.getTime() + 60_000);
  fakes.sessions = [aSession("one", { restingUntil: until })];
  expect(await begin(fakes)).toMatchObject({ kind: "refused", problem: { code: "no_sessions", until } });
});

const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const refusal = (sessionId: string, groupId: string, until: Date | null = null, lasting = false) => ({
  sessionId,
  groupId,
  until,
  lasting,
});
type Refused = ReturnType<typeof refusal>;

test.each<[name: string, refusals: Refused[], sessions: FakeBots["sessions"], until: Date | undefined, mend: string]>([
  [
    "waits for the first refusal that ends",
    [refusal("one", "a", inMinutes(9)), refusal("one", "b", inMinutes(5))],
    [],
    inMinutes(5),
    "groups",
  ],
  [
    "waits for an account that is back before that",
    [refusal("one", "a", inMinutes(1440)), refusal("one", "b", inMinutes(1440))],
    [aSession("two", { restingUntil: inMinutes(4) })],
    inMinutes(4),
    "groups",
  ],
  [
    "waits for both, an account's rest and a group's refusal of it",
    [
      ...["a", "b"].map((group) => refusal("one", group, null, true)),
      ...["a", "b"].map((group) => refusal("two", group, inMinutes(7))),
    ],
    [aSession("two", { restingUntil: inMinutes(4) })],
    inMinutes(7),
    "groups",
  ],
  [
    "does not wait for an account that is refused for good",
    ["one", "two"].flatMap((id) => ["a", "b"].map((group) => refusal(id, group, null, true))),
    [aSession("two", { restingUntil: inMinutes(4) })],
    undefined,
    "groups",
  ],
  [
    "does not wait for an admin",
    ["a", "b"].map((group) => refusal("one", group, null, true)),
    [aSession("two", { needsAdmin: true, restingUntil: inMinutes(4) })],
    undefined,
    "groups",
  ],
  [
    "waits for an account that the pool has back then",
    ["a", "b"].map((group) => refusal("one", group, inMinutes(1440))),
    [aSession("two", { place: "unused", userId: null, apiPairId: null, restingUntil: inMinutes(4) })],
    inMinutes(4),
    "groups",
  ],
  [
    "says that the post is to be changed where this kind of post is refused",
    [refusal("one", "a"), refusal("one", "b", null, true)],
    [],
    undefined,
    "post",
  ],
])("when every group refuses, a bot %s", async (_, refusals, more, until, mend) => {
  const fakes = scene();
  fakes.sessions.push(...more);
  fakes.refusals = refusals;
  const begun = await begin(fakes);
  if (begun.kind !== "refused") throw new Error("it begins");
  expect([begun.problem.code, begun.problem.until, begun.problem.mend]).toEqual(["no_groups", until, mend]);
  expect(fakes.cycles).toEqual([]);
});

test("a bot without accounts waits for the first that the pool has back", async () => {
  const fakes = scene();
  fakes.sessions = [inMinutes(9), inMinutes(4)].map((restingUntil, index) =>
    aSession(`tired ${index}`, { place: "unused", userId: null, apiPairId: null, restingUntil }),
  );
  expect(await begin(fakes)).toMatchObject({ problem: { code: "no_sessions", until: inMinutes(4) } });
  // one that waits for an admin is not waited for
  fakes.sessions = fakes.sessions.map((session) => ({ ...session, needsAdmin: true }));
  const begun = await begin(fakes);
  expect(begun).toMatchObject({ problem: { code: "no_sessions" } });
  expect(begun).not.toHaveProperty("problem.until");
});

test("a cycle that was cut off goes on, what is left of it beginning now", async () => {
  const fakes = scene();
  fakes.cycles = [openCycle()];
  fakes.deliveries = [
    delivery("1", new Date(10_000)),
    delivery("2", new Date(15_000)),
    delivery("3", new Date(0), "dead"),
  ];
  expect(await begin(fakes)).toMatchObject({ kind: "begun", resumed: 2, cycle: { id: "open" } });
  expect(fakes.deliveries.slice(0, 2).map(({ id, plannedAt }) => [id, plannedAt.getTime() - now.getTime()])).toEqual([
    ["1", 0],
    ["2", 5_000],
  ]);
  expect(fakes.deliveries[2]).toMatchObject({ id: "3", state: "skipped", plannedAt: new Date(0) });
  expect(fakes.cycles).toMatchObject([{ state: "running" }]);
});

test("a cycle that was cut off is closed when the bot says something else now", async () => {
  const fakes = scene();
  fakes.cycles = [openCycle({ post: { type: "text", content: "goodbye" } })];
  fakes.deliveries = [delivery("1", new Date(0))];
  expect(await begin(fakes)).toMatchObject({ kind: "begun", resumed: null, cycle: { number: 2 } });
  expect(fakes.cycles).toMatchObject([{ id: "open", state: "closed" }, { state: "running" }]);
  expect(fakes.closings).toEqual(["bot_changed"]);
});

test("a user without a plan is told so", async () => {
  const fakes = scene();
  fakes.user = aUser({ plan: null });
  expect(await begin(fakes)).toMatchObject({ kind: "refused", problem: { code: "plan_missing" } });
});

test.each<[code: string, bot: Partial<Bot>]>([
  ["breaker_tripped", { breakerTrippedAt: now }],
  ["content_refused", { contentRefusedAt: now }],
  ["no_post", { post: null }],
])("a bot that stands for %s begins nothing", async (code, bot) => {
  const fakes = scene();
  fakes.bot = aBot(bot);
  expect(await begin(fakes)).toMatchObject({ kind: "refused", problem: { code } });
  expect(fakes.cycles).toEqual([]);
});

test("groups that were retired count for the plan's limit, and take no posts", async () => {
  const fakes = scene();
  fakes.groups = [aGroup("a", { state: "retired" })];
  expect(await begin(fakes)).toMatchObject({ kind: "refused", problem: { code: "no_groups" } });
});

test("where every group refuses every account nothing begins until the first is asked again", async () => {
  const fakes = scene();
  const until = new Date(now.getTime() + 60_000);
  fakes.refusals = ["a", "b"].map((groupId) => ({ sessionId: "one", groupId, until, lasting: false }));
  expect(await begin(fakes)).toMatchObject({
    kind: "refused",
    problem: { code: "no_groups", mend: "groups", until },
    assignment: { sessions: [{ id: "one" }] },
  });
  fakes.refusals = fakes.refusals.map((refusal) => ({ ...refusal, until: null, lasting: true }));
  const refused = await begin(fakes);
  expect(refused).toMatchObject({ kind: "refused", problem: { code: "no_groups" } });
  expect(refused.kind === "refused" && Object.keys(refused.problem)).not.toContain("until");
});

test("admins hear of the accounts that a bot takes and gives back, and of nothing else", async () => {
  const fakes = scene();
  await begin(fakes);
  expect(fakes.changes).toEqual([]);
  fakes.cycles = [];
  fakes.sessions.push(aSession("free", { place: "unused", userId: null, apiPairId: null }));
  expect(await begin(fakes)).toMatchObject({ assignment: { taken: [{ id: "free" }] } });
  expect(fakes.changes).toEqual(["pool"]);
  fakes.cycles = [];
  fakes.bot = aBot({ sessionCount: 1 });
  expect(await begin(fakes)).toMatchObject({ assignment: { released: [{ id: "free" }] } });
  expect(fakes.changes).toEqual(["pool", "pool"]);
});

test("of a cycle that was cut off nothing may be left: then another begins", async () => {
  const fakes = scene();
  fakes.cycles = [openCycle()];
  fakes.deliveries = [delivery("1", now, "dead")];
  expect(await begin(fakes)).toMatchObject({ kind: "begun", resumed: null, cycle: { number: 2 } });
  expect(fakes.cycles).toMatchObject([{ id: "open", state: "closed" }, { state: "running" }]);
});
