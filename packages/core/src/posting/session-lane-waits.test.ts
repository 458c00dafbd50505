// What a lane waits for before it posts, its lease above all, and how it is told to end meanwhile.
import { describe, expect, test, vi } from "vitest";
import { HeraldError } from "../model/error.ts";
import type { Refusal } from "../model/outcome.ts";
import { laneScene } from "../testing/lane-scene.ts";

const AWAY = new HeraldError("database_unavailable", "It is away.");
const UNANSWERED: Refusal = { kind: "unknown", code: "TIMEOUT" };

describe("a lease that", () => {
  test("another engine has, or that the database cannot give, is asked for until it is there", async () => {
    const { world, sends, run } = laneScene();
    vi.spyOn(world.lane.leases, "acquire").mockResolvedValueOnce(null).mockRejectedValueOnce(AWAY);
    expect(await run()).toBe("finished");
    expect(sends()[0]).toEqual(["1", 1n, 0.5]);
  });

  test("cannot be had for a fault of ours ends the lane by that", async () => {
    const { world, run } = laneScene();
    vi.spyOn(world.lane.leases, "acquire").mockRejectedValueOnce(new Error("our fault"));
    await expect(run()).rejects.toThrow("our fault");
  });

  test("nobody gives is waited for until the lane is told to end", async () => {
    const { world, telegram, clock, stop, lane } = laneScene();
    const acquired = vi.spyOn(world.lane.leases, "acquire").mockResolvedValue(null);
    const ended = lane().run();
    await clock.advance(1_000);
    stop.abort();
    expect(await ended).toBe("aborted");
    expect([acquired.mock.calls.length, telegram.connections]).toEqual([5, []]);
  });
});

describe("a lane that is told to end", () => {
  test("before its first slot takes no lease", async () => {
    const { world, clock, stop, lane } = laneScene({}, [3600, 3605]);
    const acquired = vi.spyOn(world.lane.leases, "acquire");
    const ended = lane().run();
    await clock.advance(1_000);
    stop.abort();
    expect(await ended).toBe("aborted");
    expect([acquired.mock.calls, clock.monotonic(), clock.sleeping]).toEqual([[], 1_000, 0]);
  });

  test("and only sees it when its time is over was told to end", async () => {
    const { clock, stop, lane } = laneScene({}, [3600, 3605]);
    const ended = lane().run();
    clock.jump(9_000_000);
    stop.abort();
    expect(await ended).toBe("aborted");
  });

  test("while a session file cannot be read for PostgreSQL's sake is not told that the file is broken", async () => {
    const { world, clock, stop, lane } = laneScene();
    Object.assign(world.lane.sessionFiles, {
      read: async () => {
        throw AWAY;
      },
    });
    const ended = lane().run();
    await clock.advance(1_200);
    stop.abort();
    expect(await ended).toBe("aborted");
    expect(world.bots.sessions).toMatchObject([{ needsAdmin: false }]);
  });

  test("while PostgreSQL is away does not throw that", async () => {
    const { world, clock, stop, lane } = laneScene();
    vi.spyOn(world.bots.store, "transaction").mockRejectedValue(AWAY);
    const ended = lane().run();
    await clock.advance(1_200);
    stop.abort();
    expect(await ended).toBe("aborted");
  });
});

test("a lane whose time has passed while nobody gave it a lease leaves its slots to the next cycle", async () => {
  const { world, telegram, clock, run } = laneScene();
  const { leases } = world.lane;
  const acquire = leases.acquire.bind(leases);
  vi.spyOn(leases, "acquire").mockImplementation((id) =>
    clock.monotonic() < 605_000 ? Promise.resolve(null) : acquire(id),
  );
  telegram.refusedConnections.set("a", [UNANSWERED]);
  // its last slot was to be posted at 5 s, and ten minutes are added
  expect(await run()).toBe("unreachable");
  expect(clock.monotonic()).toBe(605_000);
});
