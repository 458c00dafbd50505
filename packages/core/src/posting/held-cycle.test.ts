import { expect, test } from "vitest";
import type { Bot, Delivery } from "../model/domain.ts";
import type { Outcome, Refusal } from "../model/outcome.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { FakePosting } from "../testing/fake-posting.ts";
import { only } from "../testing/only.ts";
import { runHeldCycle } from "./held-cycle.ts";

const DEAD: Refusal = { kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" };
const UNANSWERED: Refusal = { kind: "unknown", code: "TIMEOUT" };
const NOT_A_MEMBER: Refusal = {
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "daily" },
  stalePeer: false,
  code: "CHANNEL_PRIVATE",
};

/** The cycle of a bot that has met faults: account a has slots in g1 (chat 1) and g2 (chat 2), by the second of each. */
function scene(slots: Record<string, number> = { g1: 0, g2: 5 }) {
  const world = new FakePosting();
  const { bots, telegram, clock, ledger } = world;
  bots.bot = { ...bots.bot, faults: 3, retryAt: world.at(-60) };
  world.session("a");
  for (const [id, seconds] of Object.entries(slots)) {
    world.group(id, Number(id.slice(1)));
    world.delivery("a", id, seconds);
  }
  const abort = new AbortController();
  const stopping = new AbortController();
  const run = () => {
    const deps = only<Dependencies>({ clock, store: bots.store, ledger });
    const deliveries = bots.deliveries.map((delivery): Delivery => ({ ...delivery }));
    const taken = { cycle: world.cycle, sessions: bots.sessions, deliveries };
    return clock.run(runHeldCycle(deps, world.lane, taken, { abort, stopping: stopping.signal }));
  };
  return {
    ...{ world, bots, telegram, clock, abort, stopping, run },
    starter: (totalCycleMinutes: number) => {
      world.cycle = { ...world.cycle, executionMode: "starter", totalCycleMinutes };
    },
    change: (change: Partial<Bot>) => bots.tx.bots.update("bot", change),
    rows: () => bots.deliveries.map(({ groupId, state, outcome }) => [groupId, state, outcome]),
    texts: () => bots.log.map(({ level, text }) => `${level}: ${text}`),
    /** the next send to the chat comes to this */
    answer: (group: string, outcome: Outcome | (() => Outcome | Promise<Outcome>)) =>
      void telegram.answers.set(group.slice(1), [outcome]),
  };
}

test("a cycle that is through is finished, its faults are forgotten, and the next waits the pause from its end", async () => {
  const { world, bots, rows, texts, run } = scene();
  await run();
  expect(rows()).toEqual([
    ["g1", "sent", "sent"],
    ["g2", "sent", "sent"],
  ]);
  expect(world.cycle).toMatchObject({ state: "finished", endedAt: world.at(5) });
  expect(bots.bot).toMatchObject({ status: "running", nextCycleAt: world.at(305), faults: 0, retryAt: null });
  expect(bots.jobs).toEqual([{ botId: "bot", userId: "user", number: 2, startAt: world.at(305) }]);
  expect(texts()).toEqual(["info: Cycle 1 is through: 2 posted, 0 refused, 0 left out."]);
  expect([bots.changes, bots.notes]).toEqual([["bot"], []]);
});

test("in STARTER the next begins a whole cycle's time after this began, whatever its pause is", async () => {
  const { world, bots, starter, run } = scene();
  starter(60);
  await run();
  expect(bots.bot).toMatchObject({ nextCycleAt: world.at(3600), faults: 0, retryAt: null });
  expect(bots.jobs).toMatchObject([{ number: 2, startAt: world.at(3600) }]);
});

test("in STARTER a cycle that took longer than its time is followed at once", async () => {
  const { world, bots, starter, run } = scene({ g1: 0, g2: 90 });
  starter(1);
  await run();
  expect(bots.jobs).toMatchObject([{ number: 2, startAt: world.at(90) }]);
});

const cases: Array<[string, (the: ReturnType<typeof scene>) => void]> = [
  ["session_lost", ({ telegram }) => telegram.refusedConnections.set("a", [DEAD])],
  [
    "session_resting",
    ({ telegram }) => telegram.refusedConnections.set("a", [{ kind: "session_limited", code: "PEER_FLOOD" }]),
  ],
  ["unreachable", ({ telegram }) => telegram.refusedConnections.set("a", Array<Refusal>(100).fill(UNANSWERED))],
  [
    "source_refused",
    ({ world, telegram }) => {
      world.cycle = { ...world.cycle, post: { type: "link", content: "https://t.me/shop/5" } };
      telegram.chats.set("@shop", NOT_A_MEMBER);
    },
  ],
  [
    "cycle_ended",
    ({ world }) => {
      for (const id of ["a in g1", "a in g2"])
        world.ledger.answers.set(id, [{ kind: "wait", until: world.at(3600), why: "cooldown" }]);
    },
  ],
];

test.each(cases)("what a lane that ended so left undone is left out: %s", async (why, prepare) => {
  const the = scene();
  const { world, bots, rows, texts, run } = the;
  prepare(the);
  await run();
  expect(rows()).toEqual([
    ["g1", "skipped", why],
    ["g2", "skipped", why],
  ]);
  expect([world.cycle.state, bots.jobs.length]).toEqual(["finished", 1]);
  expect(bots.notes).toEqual([expect.stringMatching(/^This cycle posted nothing: 2 posts were /)]);
  expect(texts().slice(-2)).toEqual([
    `warning: ${bots.notes[0]}`,
    "info: Cycle 1 is through: 0 posted, 0 refused, 2 left out.",
  ]);
});

test("what may have arrived of a lost account is not known to have, and nobody tries it again", async () => {
  const { world, bots, telegram, rows, run } = scene();
  bots.deliveries = [];
  world.delivery("a", "g1", 0, { state: "sending", attempts: 1, triedAt: world.at(-60) });
  telegram.refusedConnections.set("a", [DEAD]);
  await run();
  expect(rows()).toEqual([["g1", "failed", "unknown"]]);
  expect(world.cycle.state).toBe("finished");
});

test("what is left of a cycle that was let go stays with the cycle, for whoever takes it", async () => {
  const { world, bots, clock, abort, rows, answer, run } = scene();
  answer("g1", () => {
    abort.abort();
    return { kind: "sent", messageId: 1 };
  });
  await run();
  expect(rows()).toEqual([
    ["g1", "sent", "sent"],
    ["g2", "planned", null],
  ]);
  expect([bots.handedBack, world.cycle.state, bots.jobs]).toEqual([["cycle"], "running", []]);
  expect([bots.changes, bots.log, clock.sleeping]).toEqual([["bot"], [], 0]);
  expect(bots.bot).toMatchObject({ faults: 3, retryAt: world.at(-60) });
});

test("what nobody of the cycle's accounts is there for is left out as a lost account's", async () => {
  const { world, bots, rows, run } = scene();
  world.delivery("gone", "g1");
  await run();
  expect(rows()).toEqual([
    ["g1", "sent", "sent"],
    ["g2", "sent", "sent"],
    ["g1", "skipped", "session_lost"],
  ]);
  expect(bots.notes).toEqual([]);
});

test("the pause between cycles is ENTERPRISE's, whatever time it once had, and STARTER's without one", async () => {
  for (const [executionMode, totalCycleMinutes] of [
    ["enterprise", 60],
    ["starter", null],
  ] as const) {
    const { world, bots, run } = scene();
    world.cycle = { ...world.cycle, executionMode, totalCycleMinutes };
    await run();
    expect(bots.jobs).toMatchObject([{ startAt: world.at(305) }]);
  }
});

test("what a stop leaves open stays so, and nothing follows", async () => {
  const { world, bots, rows, answer, run } = scene();
  answer("g1", { kind: "content_refused", code: "MESSAGE_EMPTY" });
  await run();
  expect(rows()[1]).toEqual(["g2", "planned", null]);
  expect([world.cycle.state, bots.handedBack, bots.jobs]).toEqual(["open", [], []]);
});

test("a stop that comes with the last post leaves nothing, and nothing follows", async () => {
  const { world, bots, change, answer, run } = scene({ g1: 0 });
  answer("g1", async () => {
    await change({ status: "stopped", stopReason: "user" });
    return { kind: "sent", messageId: 1 };
  });
  await run();
  expect([world.cycle.state, bots.jobs, bots.bot.nextCycleAt]).toEqual(["finished", [], null]);
});

test.each([{ epoch: 2 }, { state: "open" } as const, { state: "closed" } as const])(
  "nothing is written of a cycle that is another's or not running by now: %j",
  async (change) => {
    const { world, bots, answer, run } = scene({ g1: 0 });
    answer("g1", () => {
      world.cycle = { ...world.cycle, ...change };
      return { kind: "sent", messageId: 1 };
    });
    const before = world.cycle;
    await run();
    expect(world.cycle).toEqual({ ...before, ...change });
    expect([bots.jobs, bots.log, bots.handedBack]).toEqual([[], [], []]);
  },
);

test("nothing is written of a cycle that is gone", async () => {
  const { bots, answer, run } = scene({ g1: 0 });
  answer("g1", () => {
    bots.cycles = [];
    return { kind: "sent", messageId: 1 };
  });
  await run();
  expect([bots.cycles, bots.jobs, bots.log]).toEqual([[], [], []]);
});

test("an engine that stops writes what its lanes did and leaves the cycle as it is", async () => {
  const { world, bots, abort, stopping, rows, answer, run } = scene({ g1: 0 });
  answer("g1", () => {
    stopping.abort();
    abort.abort();
    return { kind: "sent", messageId: 1 };
  });
  await run();
  expect(rows()).toEqual([["g1", "sent", "sent"]]);
  expect([world.cycle.state, bots.jobs, bots.log, bots.handedBack]).toEqual(["running", [], [], []]);
});

test("a cycle that is let go before it begins connects nobody", async () => {
  const { bots, telegram, clock, abort, rows, run } = scene();
  abort.abort();
  await run();
  expect([telegram.connections, clock.sleeping, bots.handedBack]).toEqual([[], 0, ["cycle"]]);
  expect(rows()).toEqual([
    ["g1", "planned", null],
    ["g2", "planned", null],
  ]);
});

test("what has left when the lanes are told to end may be answered for a moment, and is cut then", async () => {
  const { telegram, clock, abort, rows, answer, run } = scene({ g1: 10 });
  answer("g1", () => {
    abort.abort();
    const { promise: answered, resolve } = Promise.withResolvers<Outcome>();
    telegram.connections[0]?.cut.addEventListener("abort", () => resolve(UNANSWERED));
    return answered;
  });
  await run();
  expect(clock.monotonic()).toBe(10_700);
  expect(rows()).toEqual([["g1", "sending", "unknown"]]);
});
