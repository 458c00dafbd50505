import { expect, test } from "vitest";
import type { Events, SessionFiles } from "../ports/index.ts";
import type { Dependencies } from "../services/dependencies.ts";
import { aCycle, aGroup, aPlan, aSession, aUser, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import { CycleRunner } from "./cycle-runner.ts";

/** A running bot whose first cycle is over, and an engine that is handed the second. */
function atTheNextCycle() {
  const fakes = new FakeBots();
  const clock = new FakeClock();
  fakes.bot = { ...fakes.bot, status: "running", stopReason: null };
  fakes.groups = [aGroup("a")];
  fakes.sessions = [aSession("one")];
  fakes.cycles = [aCycle({ state: "finished" })];
  const moved: string[] = [];
  const runner = new CycleRunner(
    only<Dependencies>({
      engineId: "one",
      clock,
      random: { int64: () => 1n, token: () => "", uuid: () => "" },
      store: fakes.store,
      events: only<Events>({ onBotChanged: () => () => {} }),
      sessionFiles: only<SessionFiles>({ move: async (...to) => void moved.push(to.join(" ")) }),
      settings: { breakerLimit: 2, breakerWindowHours: 24 },
      onFault: (error) => {
        throw error;
      },
    }),
  );
  const taken: string[] = [];
  // another engine is faster, so that nothing of it runs here
  Object.assign(fakes.tx.cycles, {
    take: async (id: string, engineId: string) => {
      taken.push(`${id} by ${engineId}`);
      return null;
    },
  });
  const take = (number = 2) => runner.take({ botId: "bot", userId: "user", number });
  return { fakes, clock, moved, taken, take };
}

test("the next cycle is planned and taken when its job comes", async () => {
  const { fakes, taken, take } = atTheNextCycle();
  await take();
  expect(fakes.cycles).toMatchObject([{ number: 1 }, { number: 2, state: "running" }]);
  expect([taken, fakes.changes]).toEqual([["cycle 2 by one"], ["bot"]]);
});

test("a job that does not apply any more plans nothing", async () => {
  const stopped = atTheNextCycle();
  stopped.fakes.bot = { ...stopped.fakes.bot, status: "stopped" };
  await stopped.take();
  const gone = atTheNextCycle();
  Object.assign(gone.fakes.tx.users, { find: async () => null });
  await gone.take();
  const tooEarly = atTheNextCycle();
  await tooEarly.take(3);
  for (const { fakes, taken } of [stopped, gone, tooEarly]) expect([fakes.cycles.length, taken]).toEqual([1, []]);
  const another = atTheNextCycle();
  another.fakes.cycles = [aCycle()];
  await another.take();
  expect(another.taken).toEqual([]);
});

test("the next cycle asks the plan again: one that is over stops the bot", async () => {
  const { fakes, take } = atTheNextCycle();
  fakes.user = aUser({ plan: aPlan({ expiresAt: new Date(0).toISOString() }) });
  await take();
  expect(fakes.cycles).toHaveLength(1);
  expect(fakes.bot).toMatchObject({ status: "stopped", stopReason: "plan_expired", stopMessage: expect.any(String) });
  expect(fakes.log).toMatchObject([{ level: "error", text: fakes.bot.stopMessage }]);
});

test("the next cycle asks the plan again: more groups than it allows stop the bot", async () => {
  const { fakes, take } = atTheNextCycle();
  fakes.groups = [aGroup("a"), aGroup("b")];
  fakes.user = aUser({ plan: aPlan({ maxGroups: 1 }) });
  await take();
  expect(fakes.cycles).toHaveLength(1);
  expect(fakes.bot).toMatchObject({ status: "stopped", stopReason: "config" });
});

test("what is over by itself puts the next cycle off until then", async () => {
  const { fakes, clock, taken, take } = atTheNextCycle();
  const until = new Date(clock.now().getTime() + 60_000);
  fakes.sessions = [aSession("one", { restingUntil: until })];
  await take();
  expect(fakes.bot).toMatchObject({ status: "running", nextCycleAt: until });
  expect(fakes.jobs).toEqual([{ botId: "bot", userId: "user", number: 2, startAt: until }]);
  expect(fakes.log).toMatchObject([{ botId: "bot", userId: "user", level: "warning" }]);
  expect([fakes.cycles.length, taken]).toEqual([1, []]);
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

test("the files of accounts that a cycle takes and gives back follow their rows, and who joined is told", async () => {
  const { fakes, moved, take } = atTheNextCycle();
  fakes.user = aUser({ plan: aPlan({ maxSessions: 2 }) });
  fakes.sessions.push(aSession("new", { place: "unused", userId: null, apiPairId: null }));
  await take();
  expect(fakes.cycles).toHaveLength(2);
  expect(moved).toEqual(["new assigned user"]);
  expect(fakes.log).toMatchObject([{ botId: "bot", userId: "user", level: "info", sessionId: "new" }]);

  const fewer = atTheNextCycle();
  fewer.fakes.user = aUser({ plan: aPlan({ maxSessions: 1 }) });
  fewer.fakes.sessions.push(aSession("too many"));
  await fewer.take();
  expect([fewer.moved, fewer.fakes.log]).toEqual([["too many unused "], []]);
});

test("they follow them also where no cycle comes of it", async () => {
  const { fakes, moved, take } = atTheNextCycle();
  fakes.user = aUser({ plan: aPlan({ maxSessions: 1 }) });
  fakes.sessions = [aSession("one", { needsAdmin: true }), aSession("too many", { needsAdmin: true })];
  await take();
  expect([fakes.bot.status, fakes.bot.stopReason, moved]).toEqual(["stopped", "no_sessions", ["too many unused "]]);
});
