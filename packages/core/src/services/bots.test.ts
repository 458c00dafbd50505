import { describe, expect, test } from "vitest";
import type { Person } from "../model/actor.ts";
import type { SessionFiles } from "../ports/index.ts";
import { aCycle, aGroup, aPlan, aSession, aUser, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { viewsOf } from "../testing/fake-views.ts";
import { only } from "../testing/only.ts";
import { botService } from "./bots.ts";
import type { Dependencies } from "./dependencies.ts";

const USER: Person = { kind: "user", id: "user", name: "Ada" };
const ADMIN: Person = { kind: "admin", id: "root", name: "Root" };

/** Ada's bot, which lacks nothing to start: two groups, one account, ENTERPRISE. */
function scene() {
  const bots = new FakeBots();
  const clock = new FakeClock();
  bots.groups = [aGroup("one"), aGroup("two")];
  bots.sessions = [aSession("a")];
  const moved: string[] = [];
  const service = botService(
    only<Dependencies>({
      clock,
      views: viewsOf(bots),
      store: bots.store,
      random: { int64: () => 1n, uuid: () => "", token: () => "" },
      onFault: () => {},
      sessionFiles: only<SessionFiles>({ move: async (...to) => void moved.push(to.join(" ")) }),
    }),
  );
  const running = () => {
    bots.bot = { ...bots.bot, status: "running", stopReason: null, startedAt: clock.now() };
  };
  return { bots, clock, moved, service, running };
}
/** Nothing was written. */
const untouched = ({ bots }: ReturnType<typeof scene>, before: FakeBots["bot"]) =>
  expect([bots.bot, bots.cycles, bots.jobs, bots.audited, bots.log]).toEqual([before, [], [], [], []]);

describe("start", () => {
  test("a bot that lacks nothing is running, with a cycle on the queue for now", async () => {
    const { bots, clock, service } = scene();
    const now = clock.now();
    const fault = { faults: 3, retryAt: now, nextCycleAt: now, stoppedAt: now, stopMessage: "was stopped" };
    bots.bot = { ...bots.bot, ...fault, stopReason: "admin" };
    expect(await service.start(USER, {})).toMatchObject({
      status: "running",
      executionMode: "enterprise",
      startedAt: now.toISOString(),
      stopReason: null,
      stopMessage: null,
      stoppedAt: null,
      nextCycleAt: null,
    });
    expect(bots.bot).toMatchObject({ faults: 0, retryAt: null });
    expect(bots.cycles).toMatchObject([{ number: 1, executionMode: "enterprise", startedAt: now }]);
    expect(bots.jobs).toEqual([{ botId: "bot", userId: "user", number: 1, startAt: now }]);
    expect(bots.log).toMatchObject([{ botId: "bot", userId: "user", level: "info" }]);
    expect(bots.audited).toEqual([
      {
        actor: USER,
        action: "bot.start",
        target: { kind: "bot", id: "bot" },
        userId: "user",
        before: { status: "stopped", stopReason: "admin" },
        after: { status: "running", stopReason: null },
      },
    ]);
    expect(bots.changes).toEqual(["bot"]);
  });

  test("a running bot stays as it is", async () => {
    const the = scene();
    the.running();
    const before = the.bots.bot;
    expect(await the.service.start(USER, { executionMode: "starter", totalCycleMinutes: 60 })).toMatchObject({
      status: "running",
    });
    untouched(the, before);
  });

  test("a user who is gone or disabled starts nothing", async () => {
    const the = scene();
    const before = the.bots.bot;
    the.bots.user = aUser({ disabled: true });
    await expect(the.service.start(USER, {})).rejects.toMatchObject({ code: "forbidden" });
    Object.assign(the.bots.tx.users, { find: async () => null });
    await expect(the.service.start(USER, {})).rejects.toMatchObject({ code: "not_found" });
    untouched(the, before);
  });

  test("what hinders it is refused with its own code", async () => {
    const the = scene();
    the.bots.user = aUser({ plan: null });
    await expect(the.service.start(USER, {})).rejects.toMatchObject({ code: "plan_missing" });
    the.bots.user = aUser();
    the.bots.bot = { ...the.bots.bot, post: null };
    const before = the.bots.bot;
    await expect(the.service.start(USER, {})).rejects.toMatchObject({ code: "no_post", field: "post" });
    await expect(the.service.start(USER, { executionMode: "starter" })).rejects.toMatchObject({
      code: "total_cycle_minutes_required",
    });
    untouched(the, before);
  });

  test("a mode that is asked for by name is a choice and stands, with its length", async () => {
    const { bots, service } = scene();
    await service.start(USER, { executionMode: "starter", totalCycleMinutes: 30 });
    expect(bots.bot).toMatchObject({ executionMode: "starter", totalCycleMinutes: 30 });
    expect(bots.cycles).toMatchObject([{ executionMode: "starter", totalCycleMinutes: 30 }]);
    expect(bots.audited).toMatchObject([
      { after: { status: "running", executionMode: "starter", totalCycleMinutes: 30 } },
    ]);
  });

  test.each([
    ["none is asked for: what was chosen before", undefined, "starter", "starter"],
    ["null is asked for: the plan's, and the choice is forgotten", null, null, "enterprise"],
    ["enterprise is asked for: that", "enterprise", "enterprise", "enterprise"],
  ] as const)("the mode, when %s", async (_, executionMode, chosen, mode) => {
    const { bots, service } = scene();
    bots.bot = { ...bots.bot, executionMode: "starter", totalCycleMinutes: 90 };
    await service.start(USER, executionMode === undefined ? {} : { executionMode });
    expect(bots.bot).toMatchObject({ executionMode: chosen, totalCycleMinutes: 90 });
    expect(bots.cycles).toMatchObject([{ executionMode: mode }]);
  });

  test("the files of the accounts that it takes and gives back follow their rows", async () => {
    const { bots, moved, service } = scene();
    bots.sessions = [
      aSession("limited", { needsAdmin: true }),
      aSession("tired", { needsAdmin: true }),
      aSession("well"),
      aSession("new", { place: "unused", userId: null, apiPairId: null }),
    ];
    bots.user = aUser({ plan: aPlan({ maxSessions: 2 }) });
    await service.start(USER, {});
    // the plan allows two, so that one of those that an admin must see goes
    expect(moved).toEqual(["tired unused "]);
    bots.bot = { ...bots.bot, status: "stopped" };
    bots.cycles = [];
    bots.user = aUser({ plan: aPlan({ maxSessions: 3 }) });
    bots.sessions = bots.sessions.filter(({ id }) => id !== "tired");
    await service.start(USER, {});
    expect(moved.slice(1)).toEqual(["new assigned user"]);
  });

  test("a cycle that was cut off goes on instead of another", async () => {
    const { bots, clock, service } = scene();
    bots.cycles = [aCycle({ state: "open", number: 4 })];
    bots.deliveries = [
      {
        ...{ id: "left", cycleId: "cycle", sessionId: "a", groupId: "one", plannedAt: clock.now(), randomId: 1n },
        ...{ state: "planned", outcome: null, code: null, messageId: null, attempts: 0, triedAt: null },
      },
    ];
    await service.start(USER, {});
    expect(bots.cycles).toMatchObject([{ number: 4, state: "running" }]);
    expect(bots.jobs).toMatchObject([{ number: 4 }]);
    expect(bots.log).toMatchObject([{ text: expect.stringContaining("1 posts") }]);
  });
});

describe("stop", () => {
  /** A running cycle that the engine lets go of when it is asked for the `looks`th time. */
  function cycleOf(looks: number) {
    const the = scene();
    the.running();
    the.bots.cycles = [aCycle()];
    let asked = 0;
    Object.assign(the.bots.tx.cycles, {
      isReleased: async () => {
        asked += 1;
        return asked >= looks;
      },
    });
    return the;
  }

  test("a bot without a cycle is stopped, and nothing is waited for", async () => {
    const { bots, clock, service, running } = scene();
    running();
    expect(await service.stop(USER, "user")).toMatchObject({ status: "stopped", stopReason: "user" });
    expect([clock.monotonic(), clock.sleeping]).toEqual([0, 0]);
    expect(bots.audited).toMatchObject([{ actor: USER, action: "bot.stop", after: { stopReason: "user" } }]);
    expect(bots.log).toMatchObject([{ level: "info" }]);
  });

  test("its user is told when an admin did it", async () => {
    const { bots, service, running } = scene();
    running();
    expect(await service.stop(ADMIN, "user")).toMatchObject({
      stopReason: "admin",
      stopMessage: expect.stringMatching(/admin/),
    });
    expect(bots.audited).toMatchObject([{ actor: ADMIN, after: { stopReason: "admin" } }]);
  });

  test("it answers when the engine has let go of the cycle, which the next start takes up", async () => {
    const { bots, clock, service } = cycleOf(4);
    expect(await clock.run(service.stop(USER, "user"))).toMatchObject({ status: "stopped" });
    expect(clock.monotonic()).toBe(60);
    expect(bots.cycles).toMatchObject([{ state: "open" }]);
  });

  test("a cycle that was through in the same moment stays so", async () => {
    const { bots, clock, service } = cycleOf(1);
    Object.assign(bots.tx.cycles, { find: async () => aCycle({ state: "finished" }) });
    await clock.run(service.stop(USER, "user"));
    expect([bots.cycles[0]?.state, clock.monotonic()]).toEqual(["running", 0]);
  });

  test("an engine that hangs is not waited for longer than ten seconds, and keeps its cycle", async () => {
    const { bots, clock, service } = cycleOf(Number.POSITIVE_INFINITY);
    expect(await clock.run(service.stop(USER, "user"))).toMatchObject({ status: "stopped" });
    expect(clock.monotonic()).toBe(10_000);
    expect(bots.cycles).toMatchObject([{ state: "running" }]);
  });
});

describe("configure", () => {
  test("only what is named is changed, and kept with what it was", async () => {
    const { bots, service } = scene();
    const { config } = await service.configure(USER, { delayBetweenPosts: 9, sessionCount: undefined });
    expect(config).toMatchObject({ delayBetweenPosts: 9, delayBetweenCycles: 300, sessionCount: null });
    expect(bots.audited).toEqual([
      {
        actor: USER,
        action: "bot.configure",
        target: { kind: "bot", id: "bot" },
        userId: "user",
        before: { delayBetweenPosts: 5 },
        after: { delayBetweenPosts: 9 },
      },
    ]);
    expect(bots.changes).toEqual(["bot"]);
  });

  test("what is the same already is nobody's act", async () => {
    const { bots, service } = scene();
    await service.configure(USER, { delayBetweenPosts: 5, totalCycleMinutes: 60 });
    expect(bots.audited).toEqual([]);
  });

  test("each setting is kept in the audit", async () => {
    const { bots, service } = scene();
    const settings = {
      executionMode: "starter",
      totalCycleMinutes: 90,
      delayBetweenPosts: 9,
      delayBetweenCycles: 10,
      sessionCount: 1,
    } as const;
    await service.configure(USER, settings);
    expect(bots.audited).toMatchObject([{ after: settings }]);
    await service.configure(USER, { post: null });
    expect(bots.audited[1]).toMatchObject({ before: { post: { content: "hello" } }, after: { post: null } });
  });

  test("more accounts than the plan allows are refused; as many, fewer and all that it allows are not", async () => {
    const { bots, service } = scene();
    bots.user = aUser({ plan: aPlan({ maxSessions: 3 }) });
    await expect(service.configure(USER, { sessionCount: 4, delayBetweenPosts: 9 })).rejects.toMatchObject({
      code: "plan_limit_sessions",
      field: "sessionCount",
      details: { maxSessions: 3 },
    });
    expect([bots.bot.sessionCount, bots.bot.delayBetweenPosts, bots.audited]).toEqual([null, 5, []]);
    for (const sessionCount of [3, 1, null])
      expect((await service.configure(USER, { sessionCount })).config.sessionCount).toBe(sessionCount);
    bots.user = aUser({ plan: null });
    expect((await service.configure(USER, { sessionCount: 4 })).config.sessionCount).toBe(4);
  });

  test("a post that Telegram refused is tried again when it is another, and only then", async () => {
    const { bots, clock, service } = scene();
    const contentRefusedAt = clock.now();
    bots.bot = { ...bots.bot, contentRefusedAt };
    await service.configure(USER, { post: { type: "text", content: "hello" }, delayBetweenPosts: 9 });
    await service.configure(USER, { delayBetweenPosts: 5 });
    expect(bots.bot.contentRefusedAt).toEqual(contentRefusedAt);
    for (const post of [{ type: "text", content: "hi" }, { type: "link", content: "hello" }, null] as const) {
      bots.bot = { ...bots.bot, post: { id: "post", type: "text", content: "hello" }, contentRefusedAt };
      await service.configure(USER, { post });
      expect(bots.bot.contentRefusedAt).toBeNull();
    }
  });

  test("a bot gets its first post, and has none again", async () => {
    const { bots, service } = scene();
    const post = { type: "text", content: "hello" } as const;
    bots.bot = { ...bots.bot, post: null };
    expect((await service.configure(USER, { post })).config.post).toMatchObject(post);
    expect((await service.configure(USER, { post: null })).config.post).toBeNull();
    expect((await service.configure(USER, { post: null })).config.post).toBeNull();
    expect(bots.audited).toHaveLength(2);
  });
});

describe("the breaker", () => {
  test("cleared by an admin, it lets the bot start again, and what came before counts no more", async () => {
    const { bots, clock, service } = scene();
    const trippedAt = clock.now();
    bots.bot = { ...bots.bot, breakerTrippedAt: trippedAt, stopReason: "breaker" };
    await clock.advance(1000);
    const status = await service.clearBreaker(ADMIN, "user");
    expect(status).toMatchObject({ status: "stopped", stopReason: "admin", hindrances: [] });
    expect(bots.bot).toMatchObject({ breakerTrippedAt: null, breakerClearedAt: clock.now() });
    expect(bots.audited).toEqual([
      {
        actor: ADMIN,
        action: "bot.clear_breaker",
        target: { kind: "bot", id: "bot" },
        userId: "user",
        before: { breakerTrippedAt: trippedAt.toISOString() },
        after: { breakerTrippedAt: null },
      },
    ]);
    expect(bots.log).toMatchObject([{ botId: "bot", userId: "user", level: "info", text: status.stopMessage }]);
    expect(bots.changes).toEqual(["bot"]);
  });

  test("that has not tripped stays as it is", async () => {
    const the = scene();
    const before = the.bots.bot;
    await the.service.clearBreaker(ADMIN, "user");
    untouched(the, before);
  });
});
