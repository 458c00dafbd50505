import { describe, expect, test } from "vitest";
import type { Bot, Cycle, Delivery } from "../model/domain.ts";
import type { CycleRepository } from "../ports/index.ts";
import { aBot, aCycle, aGroup, aSession, FakeBots } from "../testing/fake-bots.ts";
import { createCycle, isResumable, rebaseCycle } from "./cycle-start.ts";

const now = new Date("2030-01-01T00:00:00Z");
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const refusal = (sessionId: string, groupId: string, until: Date | null = null) => ({
  ...{ sessionId, groupId, until, lasting: until === null },
});

describe("a new cycle", () => {
  /** Accounts a and b, groups one and two, and the cycles that are made of them, with their slots. */
  function scene(bot: Partial<Bot> = {}) {
    const bots = new FakeBots();
    bots.bot = aBot(bot);
    bots.groups = [aGroup("one"), aGroup("two")];
    bots.sessions = [aSession("a"), aSession("b")];
    const made: Parameters<CycleRepository["create"]>[0][] = [];
    const { create } = bots.tx.cycles;
    const cycles: Partial<CycleRepository> = {
      create: (cycle) => {
        made.push(cycle);
        return create(cycle);
      },
    };
    Object.assign(bots.tx.cycles, cycles);
    let drawn = 0n;
    const int64 = () => {
      drawn += 1n;
      return drawn;
    };
    const run = (mode: "starter" | "enterprise" = "enterprise") =>
      createCycle(bots.tx, { int64, uuid: () => "", token: () => "" }, bots.bot, mode, bots.groups, bots.sessions, now);
    const slots = () => made[0]?.slots.map(({ sessionId, groupId, plannedAt }) => [sessionId, groupId, plannedAt]);
    return { bots, made, run, slots };
  }

  test("is a copy of the bot's settings, with a slot and a number of its own for each post", async () => {
    const { bots, made, run } = scene({ delayBetweenPosts: 9 });
    expect(await run("starter")).toMatchObject({ kind: "made", cycle: { number: 1 } });
    expect(made).toEqual([
      {
        botId: "bot",
        userId: "user",
        executionMode: "starter",
        postId: "post",
        post: { type: "text", content: "hello" },
        delayBetweenPosts: 9,
        totalCycleMinutes: 60,
        startedAt: now,
        slots: [
          { sessionId: "a", groupId: "one", plannedAt: at(0), randomId: 1n },
          { sessionId: "a", groupId: "two", plannedAt: at(9), randomId: 2n },
          { sessionId: "b", groupId: "one", plannedAt: at(1800), randomId: 3n },
          { sessionId: "b", groupId: "two", plannedAt: at(1809), randomId: 4n },
        ],
      },
    ]);
    const enterprise = scene();
    await enterprise.run();
    expect(enterprise.made).toMatchObject([{ executionMode: "enterprise", totalCycleMinutes: null }]);
    expect(bots.cycles).toHaveLength(1);
  });

  test("is posted by accounts that do not rest", async () => {
    const { bots, run, slots } = scene();
    bots.sessions.push(aSession("tired", { restingUntil: at(1) }), aSession("limited", { needsAdmin: true }));
    await run();
    expect(slots()).toEqual([
      ["a", "one", at(0)],
      ["b", "two", at(0)],
    ]);
  });

  test("leaves out no group that one of the accounts may post to", async () => {
    const { bots, run, slots } = scene();
    bots.refusals = [refusal("a", "one"), refusal("a", "two")];
    await run();
    expect(slots()).toEqual([
      ["b", "one", at(0)],
      ["b", "two", at(5)],
    ]);
  });

  test("is not made where every group refuses every account; the first refusal that ends says until when", async () => {
    const { bots, made, run } = scene();
    const everyone = (ends: (Date | null)[]) => {
      const [a1 = null, a2 = null, b1 = null, b2 = null] = ends;
      bots.refusals = [
        refusal("a", "one", a1),
        refusal("a", "two", a2),
        refusal("b", "one", b1),
        refusal("b", "two", b2),
      ];
    };
    everyone([null, at(90), at(60), null]);
    expect(await run()).toMatchObject({ kind: "nothing_to_post", until: at(60) });
    everyone([]);
    expect(await run()).toEqual({ kind: "nothing_to_post", until: null, isPostRefused: false });
    // it may be another post's to say
    bots.refusals = bots.refusals.map((stands) => ({ ...stands, lasting: false }));
    expect(await run()).toEqual({ kind: "nothing_to_post", until: null, isPostRefused: true });
    expect(made).toEqual([]);
  });

  test("is not made without a post", async () => {
    const { made, run } = scene({ post: null });
    expect(await run()).toMatchObject({ kind: "nothing_to_post", until: null });
    expect(made).toEqual([]);
  });
});

test.each<[goesOn: boolean, what: string, cycle: Partial<Cycle>, bot: Partial<Bot>]>([
  [true, "nothing", {}, {}],
  [true, "its length, which ENTERPRISE does not look at", {}, { totalCycleMinutes: 90 }],
  [true, "the pause between cycles", {}, { delayBetweenCycles: 9 }],
  [true, "nothing of STARTER's either", { executionMode: "starter", totalCycleMinutes: 60 }, {}],
  [false, "its length", { executionMode: "starter", totalCycleMinutes: 60 }, { totalCycleMinutes: 90 }],
  [false, "its mode", { executionMode: "starter" }, {}],
  [false, "its delay", {}, { delayBetweenPosts: 6 }],
  [false, "its text", {}, { post: { id: "post", type: "text", content: "hi" } }],
  [false, "the kind of its post", {}, { post: { id: "post", type: "link", content: "hello" } }],
  [false, "its post, which is gone", {}, { post: null }],
])("a cycle that was cut off goes on: %s, when the bot changed %s", (goesOn, _, cycle, bot) => {
  const mode = cycle.totalCycleMinutes === undefined ? "enterprise" : "starter";
  expect(isResumable(aCycle(cycle), aBot(bot), mode)).toBe(goesOn);
});

describe("what is left of a cycle that was cut off", () => {
  const delivery = (id: string, plannedAt: Date, more: Partial<Delivery> = {}): Delivery => ({
    ...{ id, plannedAt, cycleId: "cycle", sessionId: "a", groupId: "one", randomId: 1n, state: "planned" },
    ...{ outcome: null, code: null, messageId: null, attempts: 0, triedAt: null },
    ...more,
  });
  function scene(...deliveries: Delivery[]) {
    const bots = new FakeBots();
    bots.deliveries = deliveries;
    const run = () => rebaseCycle(bots.tx, aCycle(), [aSession("a")], now);
    return { bots, run, times: () => bots.deliveries.map(({ plannedAt }) => plannedAt) };
  }

  test("moves as one block, the first slot to now", async () => {
    const { run, times } = scene(delivery("2", at(-50)), delivery("1", at(-60)), delivery("3", at(10)));
    expect(await run()).toBe(3);
    expect(times()).toEqual([at(10), at(0), at(70)]);
  });

  test("stays where its time is still to come", async () => {
    const { run, times } = scene(delivery("1", at(60)), delivery("2", at(65)));
    expect(await run()).toBe(2);
    expect(times()).toEqual([at(60), at(65)]);
  });

  test("is given up where its account is lost, also what may have arrived; that moves nothing of the others", async () => {
    const { bots, run, times } = scene(
      delivery("lost", at(-90), { sessionId: "dead" }),
      delivery("tried", at(-90), { sessionId: "dead", state: "sending" }),
      delivery("left", at(-60)),
      delivery("sent", at(-90), { state: "sent" }),
    );
    expect(await run()).toBe(1);
    expect(bots.deliveries.map(({ state, outcome }) => [state, outcome])).toEqual([
      ["skipped", "session_lost"],
      ["failed", "unknown"],
      ["planned", null],
      ["sent", null],
    ]);
    expect(times()).toEqual([at(-90), at(-90), at(0), at(-90)]);
  });

  test("is nothing where all of it is done", async () => {
    expect(await scene(delivery("sent", at(-90), { state: "sent" })).run()).toBe(0);
  });
});
