import { expect, test } from "vitest";
import type { Leases } from "../ports/index.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { SessionLeases } from "./session-leases.ts";

/** PostgreSQL's leases as one engine sees them: its own are given anew at any time. */
function ownLeases(): Leases & { fence: bigint } {
  return {
    fence: 0n,
    async acquire() {
      this.fence += 1n;
      return this.fence;
    },
    renew: async () => new Set<string>(),
    release: async () => {},
  };
}

test("a session is used once in one engine, until its lease is released", async () => {
  const clock = new FakeClock();
  const leases = new SessionLeases(ownLeases(), clock, "one");
  const [first, second] = await Promise.all([leases.acquire("s"), leases.acquire("s")]);
  expect([first?.fence, second]).toEqual([1n, null]);
  expect(first?.held()).toBe(true);
  await first?.release();
  expect((await leases.acquire("s"))?.fence).toBe(2n);
});

test("a lease that was lost is not given again before its user has let go of the connection", async () => {
  const clock = new FakeClock();
  const leases = new SessionLeases(ownLeases(), clock, "one");
  const lost = await leases.acquire("s");
  await clock.advance(60_000);
  expect(lost?.held()).toBe(false);
  expect(await leases.acquire("s")).toBeNull();
  await lost?.release();
  expect(await leases.acquire("s")).not.toBeNull();
});

test("a lease that has lapsed once is not held again by a renewal that comes later", async () => {
  const clock = new FakeClock();
  const own = ownLeases();
  const renewals: Array<PromiseWithResolvers<Set<string>>> = [];
  own.renew = () => {
    const answer = Promise.withResolvers<Set<string>>();
    renewals.push(answer);
    return answer.promise;
  };
  const leases = new SessionLeases(own, clock, "one");
  const [slow, other] = [await leases.acquire("slow"), await leases.acquire("other")];
  // in time: both go on
  await clock.advance(3_000);
  renewals[0]?.resolve(new Set(["slow", "other"]));
  await clock.advance(8_999);
  expect(slow?.held()).toBe(true);
  // the second one is asked in time, and its answer comes when the lease has lapsed: as after a freeze
  expect(renewals).toHaveLength(2);
  await clock.advance(1);
  expect(slow?.held()).toBe(false);
  renewals[1]?.resolve(new Set(["slow", "other"]));
  await clock.advance(0);
  expect([slow?.held(), other?.held(), leases.size]).toEqual([false, false, 0]);

  // a new fence is held, and the old holder's is not
  await slow?.release();
  const again = await leases.acquire("slow");
  expect([again?.fence, again?.held(), slow?.held()]).toEqual([3n, true, false]);
});

/** Leases that are renewed while the test says so, with what was asked of PostgreSQL and when. */
function renewing() {
  const clock = new FakeClock();
  const asked: Array<[at: number, what: string]> = [];
  const answers = { fence: 0n as bigint | null, kept: true };
  const note = (what: string) => void asked.push([clock.monotonic(), what]);
  const leases = new SessionLeases(
    {
      acquire: async (sessionId, engineId, ttlMs) => {
        note(`${engineId} wants ${sessionId} for ${ttlMs}`);
        return answers.fence;
      },
      renew: async (engineId, held, ttlMs) => {
        note(`${engineId} renews ${held.map(({ sessionId, fence }) => `${sessionId}/${fence}`)} for ${ttlMs}`);
        if (!answers.kept) throw new Error("away");
        return new Set(held.map(({ sessionId }) => sessionId).filter((id) => id !== "taken over"));
      },
      release: async (engineId, sessionId, fence) => {
        note(`${engineId} releases ${sessionId}/${fence}`);
        if (!answers.kept) throw new Error("away");
      },
    },
    clock,
    "one",
  );
  return { clock, asked, answers, leases };
}

test("leases are renewed all at once while any is in use, and nothing is asked after that", async () => {
  const { clock, asked, leases } = renewing();
  const a = await leases.acquire("a");
  const b = await leases.acquire("b");
  expect(leases.size).toBe(2);
  await clock.advance(6_000);
  await a?.release();
  await clock.advance(3_000);
  expect([a?.held(), b?.held(), leases.size]).toEqual([false, true, 1]);
  await b?.release();
  expect([leases.size, clock.sleeping]).toEqual([0, 0]);
  await clock.advance(60_000);
  expect(asked).toEqual([
    [0, "one wants a for 10000"],
    [0, "one wants b for 10000"],
    [3_000, "one renews a/0,b/0 for 10000"],
    [6_000, "one renews a/0,b/0 for 10000"],
    [6_000, "one releases a/0"],
    [9_000, "one renews b/0 for 10000"],
    [9_000, "one releases b/0"],
  ]);
  // and the next lease is renewed again
  const again = await leases.acquire("a");
  await clock.advance(3_000);
  expect([asked.at(-1)?.[1], again?.held()]).toEqual(["one renews a/0 for 10000", true]);
});

test("a lease that another engine took over is not held from the next renewal on", async () => {
  const { clock, leases } = renewing();
  const [lost, kept] = [await leases.acquire("taken over"), await leases.acquire("kept")];
  await clock.advance(2_999);
  expect(lost?.held()).toBe(true);
  await clock.advance(1);
  expect([lost?.held(), kept?.held(), leases.size]).toEqual([false, true, 1]);
});

test("while PostgreSQL is away a lease ends a second before its time, and its release harms nobody", async () => {
  const { clock, asked, answers, leases } = renewing();
  const lease = await leases.acquire("a");
  answers.kept = false;
  await clock.advance(8_999);
  expect(lease?.held()).toBe(true);
  await clock.advance(1);
  expect(lease?.held()).toBe(false);
  // what has lapsed is not renewed any more
  expect(asked.filter(([, what]) => what.includes("renews")).map(([at]) => at)).toEqual([3_000, 6_000]);
  await lease?.release();
  expect(await leases.acquire("a")).not.toBeNull();
});

test("a renewal that was asked for a lease says nothing of the next one", async () => {
  const clock = new FakeClock();
  const own = ownLeases();
  const answer = Promise.withResolvers<Set<string>>();
  own.renew = () => answer.promise;
  const leases = new SessionLeases(own, clock, "one");
  const [first, other] = [await leases.acquire("a"), await leases.acquire("other")];
  await clock.advance(3_000);
  await first?.release();
  const second = await leases.acquire("a");
  answer.resolve(new Set(["other"]));
  await clock.advance(0);
  expect([first?.held(), second?.held(), other?.held()]).toEqual([false, true, true]);
});

test("a lease counts from when it was asked for, however late the answer", async () => {
  const { clock, leases } = renewing();
  const slow = Promise.withResolvers<bigint>();
  const late = new SessionLeases({ ...ownLeases(), acquire: () => slow.promise }, clock, "one");
  const asked = late.acquire("a");
  await clock.advance(8_000);
  slow.resolve(1n);
  const lease = await asked;
  expect(lease?.held()).toBe(true);
  await clock.advance(1_000);
  expect([lease?.held(), leases.size]).toEqual([false, 0]);
});

test("a lease that another engine has, or that could not be asked for, may be asked for again at once", async () => {
  const { answers, leases } = renewing();
  answers.fence = null;
  expect(await leases.acquire("a")).toBeNull();
  answers.fence = 4n;
  expect((await leases.acquire("a"))?.fence).toBe(4n);

  const own = ownLeases();
  const { acquire } = own;
  own.acquire = () => Promise.reject(new Error("away"));
  const others = new SessionLeases(own, new FakeClock(), "one");
  await expect(others.acquire("a")).rejects.toThrow("away");
  own.acquire = acquire;
  expect(await others.acquire("a")).not.toBeNull();
});
