import { expect, test } from "vitest";
import { HeraldError } from "../model/error.ts";
import type { CycleJob, HeldCycle, Pulse } from "../ports/index.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { CycleWatch } from "./cycle-watch.ts";

const CALM: Pulse = { lost: [], untaken: [], untakenCount: 0, running: 0, engines: 1 };
const JOB: CycleJob = { botId: "b", userId: "u", number: 3 };

/** A watch whose pulses are answered by `answers`, and by calm after those. */
function watching(answers: Array<Partial<Pulse> | Error>, runningCycles = 0) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const asked: Array<{ at: number; held: readonly HeldCycle[] }> = [];
  const done: unknown[] = [];
  const watch = new CycleWatch({
    engineId: "one",
    engines: {
      async pulse(_, held) {
        asked.push({ at: clock.monotonic(), held });
        const answer = answers.shift() ?? {};
        if (answer instanceof Error) throw answer;
        return { ...CALM, ...answer };
      },
    },
    clock,
    runner: {
      runningCycles,
      held: () => [{ cycleId: "c", epoch: 2 }],
      letGo: (ids) => ids.length && done.push(["let go", ids]),
    },
    queue: {
      offer: async (jobs) => void done.push(["offer", jobs]),
      setTaking: (on) => void done.push(["taking", on]),
    },
    onFault: (error) => done.push(["fault", error]),
  });
  return { clock, asked, done, watch, stop, over: watch.run(stop.signal) };
}

test("an engine says every second what it holds, until it stops", async () => {
  const { clock, asked, stop, over } = watching([]);
  await clock.advance(2_500);
  stop.abort();
  await over;
  await clock.advance(5_000);
  const held = [{ cycleId: "c", epoch: 2 }];
  expect(asked).toEqual([0, 1_000, 2_000].map((at) => ({ at, held })));
});

test("what a pulse says when the engine was told to stop meanwhile is not followed", async () => {
  const { done, stop, over } = watching([{ untaken: [JOB], untakenCount: 1, lost: ["c"] }]);
  stop.abort();
  await over;
  expect(done).toEqual([]);
});

test("what nobody runs is offered, what was lost is let go, and since when cycles wait is known", async () => {
  const { clock, done, watch } = watching([
    { untaken: [JOB], untakenCount: 700 },
    { untaken: [JOB], untakenCount: 1, lost: ["c"] },
  ]);
  await clock.advance(500);
  const since = new Date(clock.now().getTime() - 500);
  expect(watch.untaken).toEqual({ cycles: 700, since });
  expect(done).toEqual([
    ["taking", true],
    ["offer", [JOB]],
  ]);
  await clock.advance(1_000);
  expect(watch.untaken).toEqual({ cycles: 1, since });
  expect(done.slice(2)).toEqual([
    ["let go", ["c"]],
    ["taking", true],
    ["offer", [JOB]],
  ]);
  await clock.advance(1_000);
  expect(watch.untaken).toBeNull();
});

test("an engine takes nothing while it runs much more than its share", async () => {
  const shares = [
    { running: 100, engines: 1 }, // alone
    { running: 240, engines: 3 }, // 80 on the average, 105 with what is allowed
    { running: 222, engines: 3 }, // 74, 97.5
    { running: 228, engines: 3 }, // 76, 100
    { running: 0, engines: 3 }, // what runs here is not committed yet
  ];
  const { clock, done } = watching(shares, 100);
  await clock.advance(4_500);
  expect(done).toEqual([true, true, false, true, false].map((on) => ["taking", on]));
});

test("a pulse that fails is told, unless PostgreSQL is away, and the next one comes", async () => {
  const [fault, refusal] = [new Error("our fault"), new HeraldError("internal", "our fault")];
  const { clock, asked, done } = watching([new HeraldError("database_unavailable", "away"), fault, refusal]);
  await clock.advance(3_500);
  expect(asked).toHaveLength(4);
  expect(done).toEqual([
    ["fault", fault],
    ["fault", refusal],
    ["taking", true],
  ]);
});
