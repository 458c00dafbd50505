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
