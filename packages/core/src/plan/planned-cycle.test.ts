import { describe, expect, test } from "vitest";
import { runLane } from "../posting/lane-runner.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { planCycle } from "./cycle-plan.ts";

const never = new AbortController().signal;

describe("a planned cycle, run", () => {
  const cycle = (mode: "starter" | "enterprise", sessions: number, groups: number) =>
    planCycle({
      mode,
      groupIds: Array.from({ length: groups }, (_, index) => `g${index}`),
      sessionIds: Array.from({ length: sessions }, (_, index) => `s${index}`),
      delayBetweenPosts: 5,
      totalCycleMinutes: mode === "starter" ? 60 : null,
    });
  /** Runs all lanes side by side, the posts of a session taking its `seconds`; gives when each began, by session. */
  async function run({ lanes }: ReturnType<typeof cycle>, seconds: Record<string, number> = {}) {
    const clock = new FakeClock();
    const begun: Record<string, number[]> = {};
    const running = lanes.map((lane) =>
      runLane({
        slots: lane.slots.map(({ offset }) => ({ plannedAt: new Date(clock.now().getTime() + offset * 1000) })),
        delayBetweenPosts: 5,
        clock,
        signal: never,
        post: async () => {
          begun[lane.sessionId] = [...(begun[lane.sessionId] ?? []), clock.monotonic() / 1000];
          await clock.sleep((seconds[lane.sessionId] ?? 0) * 1000, never);
          return { kind: "done" };
        },
      }),
    );
    await clock.run(Promise.all(running));
    return { begun, took: clock.monotonic() / 1000 };
  }

  test("Enterprise mode: Parallel execution works", async () => {
    const { begun, took } = await run(cycle("enterprise", 3, 10));
    expect(begun).toEqual({ s0: [0, 5, 10, 15], s1: [0, 5, 10], s2: [0, 5, 10] });
    expect(took, "seeds, example 3: ~15 s").toBe(15);
  });

  test("Enterprise mode: a slow session does not hold the others up", async () => {
    const { begun } = await run(cycle("enterprise", 2, 4), { s0: 30 });
    expect(begun).toEqual({ s0: [0, 30], s1: [0, 5] });
  });

  test("Starter mode: Sessions start at correct times", async () => {
    const { begun } = await run(cycle("starter", 6, 20), { s5: 1 });
    expect(Object.values(begun).map((times) => times[0])).toEqual([0, 600, 1200, 1800, 2400, 3000]);
    expect(begun.s5?.at(-1)).toBe(3095);
  });
});
