import { setImmediate as turnOfTheEventLoop } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { type LaneStep, runLane } from "./lane-runner.ts";

const never = new AbortController().signal;
interface Slot {
  id: string;
  plannedAt: Date;
}
const slotsAt = (clock: FakeClock, seconds: number[]): Slot[] =>
  seconds.map((offset, index) => ({ id: `d${index}`, plannedAt: new Date(clock.now().getTime() + offset * 1000) }));
const later = (clock: FakeClock, seconds: number) => new Date(clock.now().getTime() + seconds * 1000);

/** Runs a lane whose posts answer with `steps` by delivery, one call after the other, then with done; notes every call. */
function scripted(
  clock: FakeClock,
  lane: { at: number[]; delay?: number; until?: Date; signal?: AbortSignal },
  steps: Record<string, Array<() => LaneStep<"stopped">>> = {},
) {
  const calls: string[] = [];
  const result = runLane({
    slots: slotsAt(clock, lane.at),
    delayBetweenPosts: lane.delay ?? 0,
    clock,
    signal: lane.signal ?? never,
    until: lane.until && (() => lane.until ?? new Date(0)),
    post: async (slot): Promise<LaneStep<"stopped">> => {
      calls.push(`${clock.monotonic() / 1000} ${slot.id}`);
      return steps[slot.id]?.shift()?.() ?? { kind: "done" };
    },
  });
  return { calls, result };
}

test("each slot goes at its planned time, whatever order they are given in", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(clock, { at: [10, 0, 5], delay: 5 });
  expect(await clock.run(result)).toBe("finished");
  expect(calls).toEqual(["0 d1", "5 d2", "10 d0"]);
});

test("what is overdue goes one after the other, a delay apart", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(clock, { at: [-60, -55, -50], delay: 5 });
  await clock.run(result);
  expect(calls).toEqual(["0 d0", "5 d1", "10 d2"]);
});

test("the delay counts from the request, and is not owed for a call that sent nothing", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(
    clock,
    { at: [0, 0, 0, 0], delay: 5 },
    {
      d0: [() => ({ kind: "done", sentAt: null })],
      d1: [() => ({ kind: "done", sentAt: clock.monotonic() + 2000 })],
    },
  );
  await clock.run(result);
  expect(calls).toEqual(["0 d0", "0 d1", "7 d2", "12 d3"]);
});

test("a slot that waits lets later ones pass and goes as soon as it may", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(
    clock,
    { at: [0, 5, 10, 15], delay: 5 },
    {
      d0: [() => ({ kind: "again", at: later(clock, 12) })],
    },
  );
  await clock.run(result);
  expect(calls).toEqual(["0 d0", "5 d1", "10 d2", "15 d0", "20 d3"]);
});

test("a slot never goes before its planned time, also when its wait would end sooner", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(
    clock,
    { at: [30] },
    {
      d0: [() => ({ kind: "again", at: later(clock, -20) })],
    },
  );
  await clock.run(result);
  expect(calls).toEqual(["30 d0", "30 d0"]);
});

test("a rest holds the whole lane and keeps its slot", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(
    clock,
    { at: [0, 5, 10], delay: 5 },
    {
      d0: [() => ({ kind: "rest", until: later(clock, 300) })],
    },
  );
  expect(await clock.run(result)).toBe("finished");
  expect(calls).toEqual(["0 d0", "300 d0", "305 d1", "310 d2"]);
});

test("an end leaves what was not begun", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(
    clock,
    { at: [20, 0, 5, 10], delay: 5 },
    {
      d1: [() => ({ kind: "again", at: later(clock, 60) })],
      d2: [() => ({ kind: "end", why: "stopped" })],
    },
  );
  expect(await clock.run(result)).toBe("stopped");
  expect(calls).toEqual(["0 d1", "5 d2"]);
});

describe("abort", () => {
  test("ends a sleep at once", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const { calls, result } = scripted(clock, { at: [0, 3600], signal: stop.signal });
    await clock.advance(10_000);
    expect(clock.sleeping).toBe(1);
    stop.abort();
    expect(await result).toBe("aborted");
    expect(calls).toEqual(["0 d0"]);
    expect(clock.sleeping).toBe(0);
    expect(clock.monotonic()).toBe(10_000);
  });

  test("lets the post under way come to its end and begins no other", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const { calls, result } = scripted(
      clock,
      { at: [0, 0], signal: stop.signal },
      {
        d0: [
          () => {
            stop.abort();
            return { kind: "done" };
          },
        ],
      },
    );
    expect(await result).toBe("aborted");
    expect(calls).toEqual(["0 d0"]);
  });

  test("that comes with the last post is a finish", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const { result } = scripted(
      clock,
      { at: [0], signal: stop.signal },
      {
        d0: [
          () => {
            stop.abort();
            return { kind: "done" };
          },
        ],
      },
    );
    expect(await result).toBe("finished");
  });

  test("before the start posts nothing", async () => {
    const { calls, result } = scripted(new FakeClock(), { at: [0], signal: AbortSignal.abort() });
    expect(await result).toBe("aborted");
    expect(calls).toEqual([]);
  });
});

describe("deadline", () => {
  test.each([
    ["a rest", (clock: FakeClock): LaneStep<"stopped"> => ({ kind: "rest", until: later(clock, 101) })],
    ["a wait", (clock: FakeClock): LaneStep<"stopped"> => ({ kind: "again", at: later(clock, 101) })],
  ])("%s that reaches beyond it ends the lane when nothing else may go", async (_, step) => {
    const clock = new FakeClock();
    const { result } = scripted(clock, { at: [0], until: later(clock, 100) }, { d0: [() => step(clock)] });
    expect(await result).toBe("deadline");
    expect(clock.monotonic()).toBe(0);
  });

  test("a wait that ends with it is waited for", async () => {
    const clock = new FakeClock();
    const { calls, result } = scripted(
      clock,
      { at: [0], until: later(clock, 100) },
      {
        d0: [() => ({ kind: "again", at: later(clock, 100) })],
      },
    );
    expect(await clock.run(result)).toBe("finished");
    expect(calls).toEqual(["0 d0", "100 d0"]);
  });

  test("that passes during a post ends the lane, also when the next may go at once", async () => {
    const clock = new FakeClock();
    const { calls, result } = scripted(
      clock,
      { at: [0, 0], until: later(clock, 7) },
      {
        d0: [
          () => {
            clock.jump(8000);
            return { kind: "done" };
          },
        ],
      },
    );
    expect(await result).toBe("deadline");
    expect(calls).toEqual(["0 d0"]);
  });

  test("nothing begins after it, also what is overdue", async () => {
    const clock = new FakeClock();
    const { calls, result } = scripted(clock, { at: [0, 0, 0], delay: 5, until: later(clock, 7) });
    expect(await clock.run(result)).toBe("deadline");
    expect(calls).toEqual(["0 d0", "5 d1"]);
  });
});

test("what comes when all else is settled goes behind it, and owes the delay to what went last", async () => {
  const clock = new FakeClock();
  const later = [slotsAt(clock, [0, 3]).map((slot, n) => ({ ...slot, id: `m${n}` })), []];
  const calls: string[] = [];
  const result = runLane({
    slots: slotsAt(clock, [0]),
    delayBetweenPosts: 5,
    clock,
    signal: never,
    more: async () => later.shift() ?? [],
    post: async (slot): Promise<LaneStep<"stopped">> => {
      calls.push(`${clock.monotonic() / 1000} ${slot.id}`);
      return { kind: "done" };
    },
  });
  expect(await clock.run(result)).toBe("finished");
  expect(calls).toEqual(["0 d0", "5 m0", "10 m1"]);
});

test("a wall clock that jumps forward is noticed within a minute", async () => {
  const clock = new FakeClock();
  const { calls, result } = scripted(clock, { at: [3600] });
  await clock.advance(1000);
  clock.jump(3_600_000);
  await clock.advance(60_000);
  expect(await result).toBe("finished");
  expect(calls).toEqual(["60 d0"]);
});

test("with no delay thousands of slots go without a timer each, and others still get their turn", async () => {
  const clock = new FakeClock();
  const slots = slotsAt(
    clock,
    Array.from({ length: 5000 }, () => 0),
  );
  let posts = 0;
  let sleeps = 0;
  let postsAtFirstTurn = 0;
  void turnOfTheEventLoop().then(() => {
    postsAtFirstTurn = posts;
  });
  const lane = runLane({
    slots,
    delayBetweenPosts: 0,
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => {
        sleeps += 1;
        return clock.sleep(ms, signal);
      },
    },
    signal: never,
    post: async () => {
      posts += 1;
      return { kind: "done" };
    },
  });
  expect(await clock.run(lane)).toBe("finished");
  expect(posts).toBe(5000);
  expect(sleeps).toBeLessThan(5000 / 20);
  expect(postsAtFirstTurn).toBeLessThan(5000 / 20);
});

test("what post throws is thrown on", async () => {
  const clock = new FakeClock();
  const lane = runLane({
    slots: slotsAt(clock, [0]),
    delayBetweenPosts: 0,
    clock,
    signal: never,
    post: () => Promise.reject(new Error("a fault of ours")),
  });
  await expect(lane).rejects.toThrow("a fault of ours");
});

describe("whatever the posts come to", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: "done" as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("again" as const), seconds: fc.integer({ min: 0, max: 90 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("rest" as const), seconds: fc.integer({ min: 0, max: 90 }) }),
    },
  );
  const scenario = fc.record({
    at: fc.array(fc.integer({ min: -30, max: 60 }), { maxLength: 12 }),
    delay: fc.integer({ min: 0, max: 8 }),
    // each call of post in turn: how long it takes, whether it sends, what comes of it; after these all is done at once
    calls: fc.array(fc.record({ takes: fc.integer({ min: 0, max: 12 }), sends: fc.boolean(), step }), {
      maxLength: 40,
    }),
  });

  test("never before its time, never inside a wait, a delay apart, each done once, and never idle while one may go", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ at, delay, calls }) => {
        const clock = new FakeClock();
        const slots = slotsAt(clock, at);
        // the model: what is open and when it may go, kept apart from the runner's own queue
        const mayGo = new Map(slots.map((slot) => [slot, slot.plannedAt.getTime()]));
        let rests = clock.now().getTime();
        let owes = rests;
        let freeSince = rests;
        let busy = false;
        const script = [...calls];

        const result = await clock.run(
          runLane<Slot, never>({
            slots,
            delayBetweenPosts: delay,
            clock,
            signal: never,
            post: async (slot) => {
              const now = clock.now().getTime();
              expect(busy, "one post at a time").toBe(false);
              busy = true;
              expect(mayGo.has(slot), "not done before").toBe(true);
              expect(now).toBeGreaterThanOrEqual(slot.plannedAt.getTime());
              const earliest = Math.max(freeSince, rests, owes, Math.min(...mayGo.values()));
              expect(now, "neither inside a wait nor idle").toBe(earliest);
              const ready = [...mayGo].filter(([, from]) => from <= now).map(([other]) => other.plannedAt.getTime());
              expect(slot.plannedAt.getTime(), "the earliest planned of those that may go").toBe(Math.min(...ready));

              const { takes, sends, step } = script.shift() ?? {
                takes: 0,
                sends: true,
                step: { kind: "done" as const },
              };
              if (sends) owes = now + delay * 1000;
              await clock.sleep(takes * 1000, never);
              busy = false;
              freeSince = clock.now().getTime();
              const sentAt = sends ? {} : { sentAt: null };
              if (step.kind === "done") {
                mayGo.delete(slot);
                return { kind: "done", ...sentAt };
              }
              const until = later(clock, step.seconds);
              mayGo.set(slot, Math.max(until.getTime(), slot.plannedAt.getTime()));
              if (step.kind === "again") return { kind: "again", at: until, ...sentAt };
              rests = until.getTime();
              return { kind: "rest", until, ...sentAt };
            },
          }),
        );
        expect(result).toBe("finished");
        expect(mayGo.size, "every slot is done").toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
