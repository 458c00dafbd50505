import { expect, test } from "vitest";
import type { Bot, Cycle, Delivery, Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { CycleJob, Transaction } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
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
  let listeners = 0;
  /** thrown when the cycle's rows are read, or the account's lane asks for its lease */
  const broken = { begin: new Map<string, Error>(), lane: new Map<string, () => Error>(), log: null as Error | null };
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
    log: async ({ userId, level, text }: { userId: string; level: string; text: string }) => {
      if (broken.log !== null) throw broken.log;
      written.push(`${userId} ${level}: ${text}`);
    },
    changed: async () => {},
  } as unknown as Transaction;
  const runner = new CycleRunner({
    engineId: "one",
    clock,
    store: { transaction: (work: (tx: Transaction) => Promise<unknown>) => work(tx) },
    events: {
      onBotChanged: (hear: (userId: string) => void) => {
        listener = hear;
        listeners += 1;
        return () => {
          listeners -= 1;
        };
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
  const hear = (userId: string) => listener(userId);
  const listening = () => listeners;
  return { clock, runner, bots, cycles, written, settled, faults, broken, add, stop, hear, listening };
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

test("what changes of a bot that goes on, or of another user's, ends nothing", async () => {
  const { runner, clock, written, add, stop, hear } = scene();
  await runner.take(add("u"));
  await runner.take(add("other"));
  hear("u");
  await clock.advance(0);
  expect(runner.runningCycles).toBe(2);
  stop("other");
  await clock.advance(0);
  expect(runner.held().map(({ cycleId }) => cycleId)).toEqual(["u"]);
  expect(written.slice(2)).toEqual(["other is open"]);
});

test("a bot that cannot be read when it has changed goes on: PostgreSQL itself grants a stopped one no claim", async () => {
  const { runner, clock, bots, add, hear } = scene();
  await runner.take(add("u"));
  bots.delete("u");
  hear("u");
  await clock.advance(0);
  expect(runner.runningCycles).toBe(1);
});

test("an engine that has stopped hears of no bot any more", async () => {
  const { runner, listening } = scene();
  expect(listening()).toBe(1);
  await runner.stop();
  expect(listening()).toBe(0);
});

test("a fault that is met while the engine stops is another's to meet", async () => {
  const { runner, written, faults, broken, add } = scene();
  await runner.take(add("u"));
  const job = add("v");
  broken.begin.set("v", new Error("our fault"));
  const taking = runner.take(job);
  await Promise.all([runner.stop(), taking]);
  expect(faults).toEqual([]);
  expect(written).toEqual(["u is taken", "all of one is handed back"]);
});

test("a bot that was stopped while PostgreSQL was away has met no fault", async () => {
  const { runner, clock, bots, written, faults, broken, add, stop } = scene();
  const job = add("u");
  broken.begin.set("u", new HeraldError("database_unavailable", "away"));
  const taking = runner.take(job);
  await clock.advance(0);
  stop("u");
  await clock.run(taking);
  expect([faults, written, bots.get("u")?.faults, runner.runningCycles]).toEqual([[], [], 0, 0]);
});

test("a fault in the cycle of a bot that is stopped by now hands it back, and is told to the admin alone", async () => {
  const { runner, clock, bots, written, faults, broken, add } = scene();
  await runner.take(add("u"));
  broken.lane.set("session of u", () => new Error("our fault"));
  const bot = bots.get("u");
  if (bot === undefined) throw new Error("no bot");
  bots.set("u", { ...bot, status: "stopped" });
  await clock.advance(HOUR_MS);
  expect(faults).toEqual([new Error("our fault")]);
  expect(written).toEqual(["u is taken", "u is handed back at epoch 1"]);
  expect(bots.get("u")).toMatchObject({ faults: 0, retryAt: null });
});

test("a fault that cannot be written down is told with the one that kept it from being", async () => {
  const { runner, faults, broken, add } = scene();
  const job = add("u");
  broken.begin.set("u", new Error("our fault"));
  broken.log = new Error("another");
  await runner.take(job);
  expect(faults).toEqual([new Error("our fault"), new Error("another")]);
  expect(runner.runningCycles).toBe(0);
});
