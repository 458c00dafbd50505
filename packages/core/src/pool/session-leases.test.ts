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
