// How one account's way to Telegram ends: one connection of it, or all of it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AccountLink } from "../src/gram/account-link.ts";
import { DONE, LOST, type Script, scriptedLink, stopClock, unknown } from "./scripted-link.ts";

beforeEach(() => void stopClock());
afterEach(() => void vi.useRealTimers());

describe("a connection that ends", () => {
  test("by itself is made anew by the next request", async () => {
    const { connect, ask, dials } = scriptedLink();
    await connect();
    dials[0]?.end({ kind: "dropped" });
    expect(dials).toMatchObject([{ isOpen: false }]);
    expect(await ask()).toEqual(DONE);
    expect(dials).toHaveLength(2);
  });

  test("takes nothing from the one that took its place", async () => {
    const { ask, dials } = scriptedLink([{ answers: [LOST] }]);
    await ask();
    dials[0]?.end({ kind: "dropped" });
    await ask();
    expect(dials).toMatchObject([{ isOpen: false }, { isOpen: true, asked: [{}, {}] }]);
  });

  test("because the lease is lost ends the link for good", async () => {
    const { ask, link, dials, loseLease } = scriptedLink();
    await ask();
    loseLease();
    expect(dials[0]?.mayWrite()).toBe(false);
    dials[0]?.end({ kind: "refused_write" });
    expect(link.ended).toBe(true);
    expect(await ask()).toEqual(unknown("LEASE_LOST"));
    expect(dials).toMatchObject([{ isOpen: false }]);
  });

  test.each<[number, Awaited<ReturnType<AccountLink["connect"]>>]>([
    [404, { kind: "session_dead", cause: "lost", code: "TRANSPORT_404" }],
    [444, { kind: "session_limited", code: "TRANSPORT_444" }],
    [429, undefined],
  ])("with the transport error %i at its only address", async (code, refusal) => {
    const scripts: Script[] = [];
    const { connect, dials } = scriptedLink(scripts);
    for (const n of [0, 1])
      scripts.push({
        greeting: () => {
          dials[n]?.end({ kind: "transport_error", code });
          return LOST;
        },
      });
    expect(await connect()).toEqual(refusal);
    expect(dials).toHaveLength(code === 444 ? 1 : code === 404 ? 2 : 3);
  });

  test("with −444 where there is another address leads there", async () => {
    const scripts: Script[] = [];
    const { connect, dials, hosts } = scriptedLink(scripts, { addresses: 2 });
    scripts.push({
      greeting: () => {
        dials[0]?.end({ kind: "transport_error", code: 444 });
        return LOST;
      },
    });
    expect(await connect()).toBeUndefined();
    expect(hosts()).toEqual(["one", "two"]);
  });
});

describe("the end of a link", () => {
  test("that may not be used any more comes before its first byte", async () => {
    const { connect, dials, link, loseLease } = scriptedLink();
    loseLease();
    expect(await connect()).toEqual(unknown("LEASE_LOST"));
    expect([dials, link.ended]).toEqual([[], true]);
  });

  test("cuts every connection, and its first reason stays", async () => {
    const { connect, ask, link, dials } = scriptedLink();
    await connect();
    await link.end("CLOSED");
    await link.end("ABORTED");
    expect(await ask()).toEqual(unknown("CLOSED"));
    expect(dials).toMatchObject([{ isOpen: false }]);
  });

  test("has nothing to do with a connection that ended before", async () => {
    const { ask, link, dials } = scriptedLink([{ answers: [LOST] }]);
    await ask();
    await link.end("CLOSED");
    expect(dials.map(({ ended }) => ended)).toEqual([1, 1]);
  });

  test("comes with the abort of its signal, also with one that came before it", async () => {
    const { connect, ask, make, dials, abort, link } = scriptedLink();
    await connect();
    abort.abort();
    expect(link.ended).toBe(true);
    expect(await ask()).toEqual(unknown("ABORTED"));
    expect(dials).toMatchObject([{ isOpen: false }]);
    expect(await make().connect(1_000)).toEqual(unknown("ABORTED"));
    expect(dials).toHaveLength(1);
  });

  test("leaves nothing of it with its signal", async () => {
    const { link, abort, make } = scriptedLink();
    const [added, removed] = [
      vi.spyOn(abort.signal, "addEventListener"),
      vi.spyOn(abort.signal, "removeEventListener"),
    ];
    await make().end("CLOSED");
    await link.end("CLOSED");
    const [name, listener] = added.mock.calls[0] ?? [];
    expect(removed.mock.calls[0]).toEqual([name, listener]);
    expect([name, removed.mock.calls.length]).toEqual(["abort", 2]);
  });

  test("cuts a pause short", async () => {
    const { link, times } = scriptedLink([{ greeting: LOST }]);
    const connecting = link.connect(15_000);
    await vi.advanceTimersByTimeAsync(100);
    await link.end("CLOSED");
    expect(await connecting).toEqual(unknown("CLOSED"));
    expect(times()).toEqual([0]);
    await link.pause(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("comes while a request is on its way: that leaves open what became of it, where it died", async () => {
    const { link, ask } = scriptedLink([
      {
        answers: [
          async () => {
            await link.end("CLOSED");
            return LOST;
          },
        ],
      },
    ]);
    expect(await ask()).toEqual(unknown("CLOSED"));
  });

  test("comes while one is dialled: that is cut, too", async () => {
    const { link, connect, dials } = scriptedLink([
      {
        greeting: async () => {
          await link.end("CLOSED");
          return LOST;
        },
      },
    ]);
    expect(await connect()).toEqual(unknown("CLOSED"));
    expect(dials).toMatchObject([{ isOpen: false }]);
  });
});

test("a pause lasts as long as is asked", async () => {
  const { link } = scriptedLink();
  const begin = performance.now();
  const pause = link.pause(2_000);
  await vi.runAllTimersAsync();
  await pause;
  expect(performance.now() - begin).toBe(2_000);
});
