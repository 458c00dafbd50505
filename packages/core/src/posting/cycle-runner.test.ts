import { expect, test } from "vitest";
import type { Bot, Cycle, Delivery, Session } from "../model/domain.ts";
import type { CycleJob, Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { aGroup, aPlan, aSession, aUser, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { CycleRunner } from "./cycle-runner.ts";

const HOUR_MS = 3_600_000;

/** Bots whose first cycle has one slot, an hour from now, and what is written of them. */
function scene() {
  const clock = new FakeClock();
  const bots = new Map<string, Pick<Bot, "id" | "userId" | "status" | "faults" | "retryAt">>();
  const cycles = new Map<string, Pick<Cycle, "id" | "botId" | "userId" | "number" | "state" | "epoch">>();
  const written: string[] = [];
  const faults: unknown[] = [];
  /** thrown when the cycle's rows are read, or the account's lane asks for its lease */
  const broken = { begin: new Map<string, Error>(), lane: new Map<string, () => Error>() };
  /** what lanes settled and no flush has written yet */
  const settled: string[] = [];
  let listener: (userId: string) => void = () => {};

  const find = <T>(map: Map<string, T>, id: string): T => {
    const found = map.get(id);
    if (found === undefined) throw new Error(`nothing with the id ${id}`);
    return found;
  };
  const session = (userId: string): Partial<Session> => ({
    id: `session of ${userId}`,
    place: "assigned",
    needsAdmin: false,
    apiPairId: "pair",
  });
  const tx = {
    bots: {
      lock: async (id: string) => find(bots, id),
      find: async (id: string) => find(bots, id),
      update: async (id: string, change: Partial<Bot>) => {
        bots.set(id, { ...find(bots, id), ...change });
      },
    },
    cycles: {
      current: async (userId: string) => {
        const fault = broken.begin.get(userId);
        if (fault !== undefined) throw fault;
        return find(cycles, userId);
      },
      find: async (id: string) => find(cycles, id),
      take: async (id: string) => {
        const cycle = find(cycles, id);
        cycle.epoch += 1;
        written.push(`${id} is taken`);
        return { ...cycle, executionMode: "enterprise", startedAt: clock.now() };
      },
      openDeliveries: async (id: string): Promise<Array<Partial<Delivery>>> => [
        {
          id: `slot of ${id}`,
          sessionId: `session of ${id}`,
          state: "planned",
          plannedAt: new Date(clock.now().getTime() + HOUR_MS),
        },
      ],
      handBack: async (id: string, epoch: number) => void written.push(`${id} is handed back at epoch ${epoch}`),
      handBackAll: async (engineId: string) => void written.push(`all of ${engineId} is handed back`),
      release: async (id: string, _: number, state: string) => void written.push(`${id} is ${state}`),
    },
    sessions: { ofUser: async (userId: string) => [session(userId)] },
    log: async ({ userId, level, text }: { userId: string; level: string; text: string }) =>
      void written.push(`${userId} ${level}: ${text}`),
    changed: async () => {},
  } as unknown as Transaction;
  const runner = new CycleRunner({
    engineId: "one",
    clock,
    store: { transaction: (work: (tx: Transaction) => Promise<unknown>) => work(tx) },
    events: {
      onBotChanged: (hear: (userId: string) => void) => {
        listener = hear;
        return () => {};
      },
    },
    ledger: { flush: async () => void written.push(...settled.splice(0)) },
    leases: {
      size: 0,
      acquire: async (sessionId: string) => {
        const fault = broken.lane.get(sessionId)?.();
        if (fault !== undefined) throw fault;
        return null;
      },
    },
    onFault: (error: unknown) => faults.push(error),
  } as unknown as Dependencies);
  const add = (userId: string): CycleJob => {
    bots.set(userId, { id: userId, userId, status: "running", faults: 0, retryAt: null });
    // bot and cycle have their user's name
    cycles.set(userId, { id: userId, botId: userId, userId, number: 1, state: "running", epoch: 0 });
    return { botId: userId, userId, number: 1 };
  };
  const stop = (userId: string) => {
    bots.set(userId, { ...find(bots, userId), status: "stopped" });
    listener(userId);
  };
  return { clock, runner, bots, cycles, written, settled, faults, broken, add, stop };
}

test("a job is done when its cycle is taken, and a thousand cycles cost a timer each", async () => {
  const { clock, runner, add } = scene();
  const jobs = Array.from({ length: 1000 }, (_, n) => add(`u${n}`));
  // nothing moves the clock: no job waits for what its cycle waits for
  await Promise.all(jobs.map((job) => runner.take(job)));
  await clock.advance(0);
  expect([runner.runningCycles, clock.sleeping, runner.connectedSessions]).toEqual([1000, 1000, 0]);
});

test("a job for what runs here already, or is through, changes nothing", async () => {
  const { runner, written, cycles, add } = scene();
  const job = add("u");
  await Promise.all([runner.take(job), runner.take(job)]);
  await runner.take(job);
  await runner.take({ botId: "u", userId: "u", number: 0 });
  expect(written).toEqual(["u is taken"]);
  expect(runner.held()).toEqual([{ cycleId: "u", epoch: cycles.get("u")?.epoch }]);
});

test("the next cycle begins when what ran here of the one before has ended", async () => {
  const { runner, clock, written, cycles, add } = scene();
  await runner.take(add("u"));
  // finished by another engine while this one was frozen
  cycles.set("u", { id: "u", botId: "u", userId: "u", number: 2, state: "running", epoch: 5 });
  await clock.run(runner.take({ botId: "u", userId: "u", number: 2 }));
  expect([runner.runningCycles, runner.held()]).toEqual([1, [{ cycleId: "u", epoch: 6 }]]);
  expect(written).toEqual(["u is taken", "u is taken"]);
});

test("a bot that is stopped ends its cycle here, and leaves it open", async () => {
  const { runner, clock, written, add, stop } = scene();
  await runner.take(add("u"));
  stop("u");
  await clock.advance(0);
  expect(runner.runningCycles).toBe(0);
  expect(written).toEqual(["u is taken", "u is open"]);
});

test("a cycle that was taken over is let go, and nothing of it is written", async () => {
  const { runner, clock, written, cycles, add } = scene();
  await runner.take(add("u"));
  await runner.take(add("other"));
  cycles.set("u", { id: "u", botId: "u", userId: "u", number: 1, state: "running", epoch: 2 });
  runner.letGo(["u"]);
  await clock.advance(0);
  expect(runner.held().map(({ cycleId }) => cycleId)).toEqual(["other"]);
  expect(written).toEqual(["u is taken", "other is taken"]);
});

test("a cycle that ends here with slots left is handed back, and not done", async () => {
  const { runner, clock, written, add } = scene();
  await runner.take(add("u"));
  runner.letGo(["u"]);
  await clock.advance(0);
  expect(written).toEqual(["u is taken", "u is handed back at epoch 1"]);
});

test("a stop ends all lanes, hands everything back at once, and takes nothing more", async () => {
  const { runner, written, add } = scene();
  await runner.take(add("u"));
  await runner.take(add("v"));
  await runner.stop();
  await runner.take(add("w"));
  expect(written).toEqual(["u is taken", "v is taken", "all of one is handed back"]);
  expect(runner.runningCycles).toBe(0);
});

test("a stop writes what lanes settled and a fault of ours kept from being written, before it hands anything back", async () => {
  const { clock, runner, written, settled, broken, add } = scene();
  await runner.take(add("u"));
  broken.lane.set("session of u", () => {
    settled.push("a post of u is sent");
    return new Error("our fault");
  });
  await clock.advance(HOUR_MS);
  expect(settled).toEqual(["a post of u is sent"]);
  await runner.stop();
  expect(written.slice(-2)).toEqual(["a post of u is sent", "all of one is handed back"]);
});

test("a fault of ours in the beginning backs off and is told, while other cycles go on", async () => {
  const { runner, clock, bots, written, faults, broken, add } = scene();
  const job = add("u");
  broken.begin.set("u", new Error("our fault"));
  await runner.take(add("other"));
  await runner.take(job);
  expect(bots.get("u")).toMatchObject({ faults: 1, retryAt: new Date(clock.now().getTime() + 1_000) });
  await runner.take(job);
  expect(bots.get("u")).toMatchObject({ faults: 2, retryAt: new Date(clock.now().getTime() + 2_000) });
  expect(faults).toEqual([new Error("our fault"), new Error("our fault")]);
  expect(written.filter((line) => line.startsWith("u "))).toEqual([
    expect.stringMatching(/^u error: Herald met a fault of its own in cycle 1 \(the first\).* in 1 s/),
    expect.stringMatching(/^u error: .*\(2 in a row\).* in 2 s/),
  ]);
  expect(runner.held().map(({ cycleId }) => cycleId)).toEqual(["other"]);
});

test("a fault of ours in a lane hands the cycle back and backs off", async () => {
  const { runner, clock, bots, written, faults, broken, add } = scene();
  await runner.take(add("u"));
  await runner.take(add("other"));
  broken.lane.set("session of u", () => new Error("our fault"));
  await clock.advance(HOUR_MS);
  expect(faults).toEqual([new Error("our fault")]);
  expect(written.slice(2)).toEqual([
    "u is handed back at epoch 1",
    expect.stringMatching(/^u error: Herald met a fault of its own/),
  ]);
  expect(bots.get("u")).toMatchObject({ faults: 1 });
  expect(runner.held().map(({ cycleId }) => cycleId)).toEqual(["other"]);
  await runner.take({ botId: "u", userId: "u", number: 1 });
  expect(runner.runningCycles).toBe(2);
});

/** A running bot whose first cycle is over, and an engine that is handed the second. */
function atTheNextCycle() {
  const fakes = new FakeBots();
  fakes.bot = { ...fakes.bot, status: "running", stopReason: null };
  fakes.groups = [aGroup("a")];
  fakes.sessions = [aSession("one")];
  fakes.cycles = [{ number: 1, state: "finished" } as Cycle];
  const moved: string[] = [];
  const clock = new FakeClock();
  const runner = new CycleRunner({
    engineId: "one",
    clock: new FakeClock(),
    random: { int64: () => 1n, token: () => "", uuid: () => "" },
    store: fakes.store,
    events: { onBotChanged: () => () => {} },
    sessionFiles: { move: async (...to: unknown[]) => void moved.push(to.join(" ")) },
    onFault: (error: unknown) => {
      throw error;
    },
  } as unknown as Dependencies);
  // another engine is faster, so that nothing of it runs here
  Object.assign(fakes.tx.cycles, { take: async () => null });
  return { fakes, moved, clock, take: () => runner.take({ botId: "bot", userId: "user", number: 2 }) };
}

test("the next cycle asks the plan again: one that is over stops the bot", async () => {
  const { fakes, take } = atTheNextCycle();
  fakes.user = aUser({ plan: aPlan({ expiresAt: new Date(0).toISOString() }) });
  await take();
  expect(fakes.cycles).toHaveLength(1);
  expect(fakes.bot).toMatchObject({ status: "stopped", stopMessage: expect.stringMatching(/plan/i) });
});

test("the next cycle asks the plan again: more groups than it allows stop the bot", async () => {
  const { fakes, take } = atTheNextCycle();
  fakes.groups = [aGroup("a"), aGroup("b")];
  fakes.user = aUser({ plan: aPlan({ maxGroups: 1 }) });
  await take();
  expect(fakes.cycles).toHaveLength(1);
  expect(fakes.bot).toMatchObject({ status: "stopped", stopMessage: expect.stringMatching(/plan/i) });
});

test("a next cycle in which nothing may be posted is put off until an account is back, and not stopped", async () => {
  const { fakes, clock, take } = atTheNextCycle();
  const inMinutes = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000);
  fakes.refusals = [{ sessionId: "one", groupId: "a", until: inMinutes(1440), lasting: false }];
  fakes.sessions.push(aSession("two", { restingUntil: inMinutes(4) }));
  await take();
  expect(fakes.bot).toMatchObject({ status: "running", nextCycleAt: inMinutes(4) });
  expect(fakes.jobs).toEqual([{ botId: "bot", userId: "user", number: 2, startAt: inMinutes(4) }]);
  expect(fakes.log).toMatchObject([{ level: "warning", text: expect.stringMatching(/waits: .* in 4 min\.$/) }]);
  // when nothing ends by itself it stops
  fakes.refusals = ["one", "two"].map((sessionId) => ({ sessionId, groupId: "a", until: null, lasting: false }));
  await take();
  expect(fakes.bot).toMatchObject({
    status: "stopped",
    stopReason: "config",
    stopMessage: expect.stringMatching(/Change the post\.$/),
  });
});

test("the files of accounts that a cycle takes and gives back follow their rows", async () => {
  const { fakes, moved, take } = atTheNextCycle();
  fakes.user = aUser({ plan: aPlan({ maxSessions: 2 }) });
  fakes.sessions.push(aSession("new", { place: "unused", userId: null, apiPairId: null }));
  await take();
  expect(fakes.cycles).toHaveLength(2);
  expect(moved).toEqual(["new assigned user"]);

  const fewer = atTheNextCycle();
  fewer.fakes.user = aUser({ plan: aPlan({ maxSessions: 1 }) });
  fewer.fakes.sessions.push(aSession("too many"));
  await fewer.take();
  expect(fewer.moved).toEqual(["too many unused "]);
});
