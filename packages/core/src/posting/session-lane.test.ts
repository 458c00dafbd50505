import { describe, expect, test, vi } from "vitest";
import { HeraldError } from "../model/error.ts";
import type { Outcome, Refusal } from "../model/outcome.ts";
import { aChat } from "../testing/fake-telegram.ts";
import { laneScene } from "../testing/lane-scene.ts";

const UNANSWERED: Refusal = { kind: "unknown", code: "TIMEOUT" };
const LEASE_LOST: Outcome = { kind: "unknown", code: "LEASE_LOST" };
const DEAD: Refusal = { kind: "session_dead", cause: "lost", code: "SESSION_REVOKED" };

test("a lane connects, posts each slot at its time, closes and gives its lease back", async () => {
  const { world, telegram, sends, run } = laneScene();
  expect(await run()).toBe("finished");
  expect(sends()).toEqual([
    ["1", 1n, 0],
    ["2", 2n, 5],
  ]);
  expect([telegram.connections.length, telegram.closed, world.lane.leases.size]).toEqual([1, 1, 0]);
});

test("it sleeps until shortly before its first slot, and connects then", async () => {
  const { telegram, clock, sends, lane } = laneScene({}, [3600, 3605]);
  const ended = lane().run();
  await clock.advance(3_596_999);
  expect([telegram.connections.length, sends().length]).toEqual([0, 0]);
  await clock.advance(1);
  expect([telegram.connections.length, sends().length]).toEqual([1, 0]);
  await clock.run(ended);
  expect(sends()).toMatchObject([
    ["1", 1n, 3600],
    ["2", 2n, 3605],
  ]);
});

test("a client that has ended is replaced under a new lease, and the same slot goes on with the same random id", async () => {
  const { world, telegram, sends, run } = laneScene();
  telegram.answers.set("1", [
    () => {
      telegram.end("a");
      return LEASE_LOST;
    },
  ]);
  expect(await run()).toBe("finished");
  expect(sends().map(([to, randomId]) => [to, randomId])).toEqual([
    ["1", 1n],
    ["1", 1n],
    ["2", 2n],
  ]);
  expect(telegram.sent.map(({ mayStand }) => mayStand)).toEqual([false, true, false]);
  expect(world.ledger.claims.map(({ hold }) => hold.fence)).toEqual([1n, 2n, 2n]);
  expect([telegram.connections.length, telegram.closed]).toEqual([2, 2]);
  // the first client's hold ended with its lease
  expect(telegram.connections.map(({ mayUse }) => mayUse())).toEqual([false, false]);
});

test("a client that has ended is not replaced when the lane is told to end", async () => {
  const { telegram, stop, sends, run } = laneScene();
  telegram.answers.set("1", [
    () => {
      telegram.end("a");
      stop.abort();
      return LEASE_LOST;
    },
  ]);
  expect(await run()).toBe("aborted");
  expect([sends().length, telegram.connections.length, telegram.closed]).toEqual([1, 1, 1]);
});

test("the delay between posts is kept over a change of clients", async () => {
  // both are due: only the delay holds the second back
  const { telegram, sends, run } = laneScene({}, [-60, -55]);
  telegram.answers.set("1", [
    () => {
      telegram.end("a");
      return { kind: "sent", messageId: 1 };
    },
  ]);
  expect(await run()).toBe("finished");
  expect([sends(), telegram.connections.length]).toEqual([
    [
      ["1", 1n, 0],
      ["2", 2n, 5],
    ],
    2,
  ]);
});

test("what another account left comes behind its own, from the same connection", async () => {
  const { world, telegram, left, sends, run } = laneScene();
  world.group("three", 3);
  left.push([world.delivery("b", "three", 10)]);
  expect(await run()).toBe("finished");
  expect(sends()).toMatchObject([
    ["1", 1n, 0],
    ["2", 2n, 5],
    ["3", 3n, 10],
  ]);
  expect(telegram.connections).toHaveLength(1);
});

test("a refused connection is tried again after a pause, while there is time", async () => {
  const { telegram, sends, run } = laneScene();
  telegram.refusedConnections.set("a", [UNANSWERED, UNANSWERED]);
  expect(await run()).toBe("finished");
  // after one second, then two
  expect(sends()).toMatchObject([
    ["1", 1n, 3],
    ["2", 2n, 8],
  ]);
});

test("Telegram that lets nobody in until the end is unreachable, and no group is at fault", async () => {
  const { world, telegram, run } = laneScene();
  telegram.refusedConnections.set("a", Array<Refusal>(100).fill(UNANSWERED));
  expect(await run()).toBe("unreachable");
  expect(world.ledger.settlements).toEqual([]);
  expect(world.bots.deliveries.map(({ state }) => state)).toEqual(["planned", "planned"]);
});

test("a flood wait of the connection rests the account; beyond the cycle's time it is left out", async () => {
  const wait = (seconds: number): Refusal => ({ kind: "flood_wait", seconds, method: "any", code: "FLOOD_WAIT" });
  const { world, telegram, sends, run } = laneScene();
  telegram.refusedConnections.set("a", [wait(30), wait(3600)]);
  expect(await run()).toBe("session_resting");
  expect([sends(), world.bots.sessions[0]]).toMatchObject([[], { restingUntil: world.at(3630), needsAdmin: false }]);
});

test("an account that is dead at the connection is lost", async () => {
  const { world, telegram, run } = laneScene();
  telegram.refusedConnections.set("a", [DEAD]);
  expect(await run()).toBe("session_lost");
  expect([world.bots.sessions[0], world.moved]).toMatchObject([{ place: "banned" }, ["a to banned"]]);
});

test("what is missing of an account's set-up ends its lane with the reason", async () => {
  const waiting = laneScene({ needsAdmin: true });
  expect(await waiting.run()).toBe("session_resting");
  const unseated = laneScene({ apiPairId: null });
  expect(await unseated.run()).toBe("session_resting");
  const unread = laneScene();
  unread.world.missingFiles.add("a");
  expect(await unread.run()).toBe("session_resting");
  expect(unread.world.bots.sessions[0]).toMatchObject({ needsAdmin: true, code: "SESSION_FILE_UNREADABLE" });
  const pairless = laneScene({ apiPairId: "gone" });
  expect(await pairless.run()).toBe("bot_stopped");
  expect(pairless.world.bots.bot).toMatchObject({ status: "stopped", stopReason: "config" });
  expect(pairless.world.bots.log).toContainEqual(expect.objectContaining({ code: "API_PAIR_UNREADABLE" }));
  for (const { telegram } of [waiting, unseated, unread, pairless]) expect(telegram.connections).toEqual([]);
});

test("an account that was not tried at its upload is asked who it is", async () => {
  const { world, telegram, run } = laneScene({ telegramUserId: null });
  telegram.accounts.set("a", { userId: "77", username: "shop_3", firstName: "Ada", phone: "+380501231234" });
  expect(await run()).toBe("finished");
  expect(world.bots.sessions[0]).toMatchObject({
    telegramUserId: "77",
    label: "@shop_3",
    phoneMasked: "+380 •• ••• 12 34",
  });
});

test("it is asked once, and from then on the log calls it by its name", async () => {
  const { world, telegram, run } = laneScene({ telegramUserId: null });
  telegram.accounts.set("a", { userId: "77", username: "shop_3", firstName: "Ada", phone: null });
  const identified: string[] = [];
  const { identify } = world.bots.tx.sessions;
  Object.assign(world.bots.tx.sessions, {
    identify: (...[id, account]: Parameters<typeof identify>) => {
      identified.push(account.label);
      return identify(id, account);
    },
  });
  telegram.answers.set("1", [
    () => {
      telegram.end("a");
      return LEASE_LOST;
    },
  ]);
  expect(await run()).toBe("finished");
  expect([identified, telegram.connections.length]).toEqual([["@shop_3"], 2]);
  const lines = world.ledger.settlements.map(({ log }) => log?.text);
  expect(lines).toEqual(Array(3).fill(expect.stringContaining("@shop_3")));
});

test("a source that refuses this account ends its lane, and no group was asked", async () => {
  const { world, telegram, run } = laneScene();
  world.cycle = { ...world.cycle, post: { type: "link", content: "https://t.me/shop/5" } };
  telegram.chats.set("@shop", {
    kind: "group_refused",
    scope: "pair",
    suspect: false,
    ends: { kind: "daily" },
    stalePeer: true,
    code: "CHANNEL_PRIVATE",
  });
  expect(await run()).toBe("source_refused");
  expect([world.ledger.claims, world.bots.groups.map(({ state }) => state)]).toEqual([[], ["active", "active"]]);
});

test("a source whose peer is out of date is looked up anew by the next client, and the slots go on", async () => {
  const { world, telegram, sends, run } = laneScene();
  world.cycle = { ...world.cycle, post: { type: "link", content: "https://t.me/shop/5" } };
  telegram.chats.set("@shop", aChat(9, { kind: "channel" }));
  telegram.answers.set("1", [
    () => {
      telegram.chats.set("@shop", aChat(10, { kind: "channel" }));
      return {
        kind: "group_refused",
        scope: "pair",
        suspect: false,
        ends: { kind: "daily" },
        stalePeer: true,
        code: "CHANNEL_INVALID",
        source: true,
      };
    },
  ]);
  expect(await run()).toBe("finished");
  expect(telegram.sent.map(({ from }) => from?.chat)).toEqual(["9", "10", "10"]);
  expect(sends().map(([to, randomId]) => [to, randomId])).toEqual([
    ["1", 1n],
    ["1", 1n],
    ["2", 2n],
  ]);
});

test("a lane that is only late, and one whose account rests, say which", async () => {
  const late = laneScene();
  late.world.ledger.answers.set("a in two", [{ kind: "wait", until: late.world.at(3600), why: "cooldown" }]);
  expect(await late.run()).toBe("cycle_ended");
  const resting = laneScene();
  resting.telegram.answers.set("2", [{ kind: "flood_wait", seconds: 3600, method: "any", code: "FLOOD_WAIT_3600" }]);
  expect(await resting.run()).toBe("session_resting");
});

test("a client that ends when the lane's time is over is not replaced", async () => {
  const { telegram, clock, run } = laneScene();
  telegram.answers.set("1", [
    () => {
      telegram.end("a");
      clock.jump(605_000);
      return LEASE_LOST;
    },
  ]);
  expect(await run()).toBe("cycle_ended");
  expect(telegram.connections).toHaveLength(1);
});

test("a fault of ours is thrown on, with client and lease given back", async () => {
  const { world, telegram, run } = laneScene();
  telegram.answers.set("1", [
    () => {
      throw new Error("our fault");
    },
  ]);
  await expect(run()).rejects.toThrow("our fault");
  expect([telegram.closed, world.lane.leases.size]).toEqual([1, 0]);
});

test("a lane without slots ends without a lease", async () => {
  const { world, telegram, deliveries, run } = laneScene();
  deliveries.splice(0);
  const acquired = vi.spyOn(world.lane.leases, "acquire");
  expect(await run()).toBe("finished");
  expect([acquired.mock.calls, telegram.connections]).toEqual([[], []]);
});

test("what another account left has its own time, and takes nothing from the lane's", async () => {
  const { world, left, sends, run } = laneScene();
  for (const [id, number] of [
    ["three", 3],
    ["four", 4],
  ] as const)
    world.group(id, number);
  left.push([world.delivery("b", "three", 2_000)], [world.delivery("b", "four", 1)]);
  const until = world.at(2_599);
  world.ledger.answers.set("b in three", [{ kind: "wait", until, why: "cooldown" }]);
  expect(await run()).toBe("finished");
  expect(sends().slice(2)).toEqual([
    ["3", 3n, 2_599],
    ["4", 4n, 2_604],
  ]);
});

describe("an account that is asked who it is", () => {
  const ada = { userId: "77", username: "shop_3", firstName: "Ada", phone: null };
  const identified = (by: () => Promise<void>) => {
    const it = laneScene({ telegramUserId: null });
    it.telegram.accounts.set("a", ada);
    Object.assign(it.world.bots.tx.sessions, { identify: by });
    return it;
  };

  test("and is in the pool already rests until an admin has looked at it", async () => {
    const { world, telegram, sends, run } = identified(async () => {
      throw new HeraldError("session_known", "It is here.");
    });
    expect(await run()).toBe("session_resting");
    expect(world.bots.sessions).toMatchObject([{ needsAdmin: true, code: "SAME_ACCOUNT_TWICE", telegramUserId: null }]);
    expect([sends(), telegram.closed]).toEqual([[], 1]);
  });

  test("and does not say it posts all the same", async () => {
    const { world, sends, run } = laneScene({ telegramUserId: null });
    expect(await run()).toBe("finished");
    expect([sends().length, world.bots.sessions[0]?.telegramUserId]).toEqual([2, null]);
  });

  test("and cannot be written down for a fault of ours ends the lane by that", async () => {
    const { telegram, run } = identified(async () => {
      throw new Error("our fault");
    });
    await expect(run()).rejects.toThrow("our fault");
    expect(telegram.closed).toBe(1);
  });
});

test("an account that is known is not asked who it is", async () => {
  const { world, telegram, run } = laneScene();
  telegram.accounts.set("a", { userId: "77", username: "shop_3", firstName: "Ada", phone: null });
  await run();
  expect(world.bots.sessions[0]?.telegramUserId).toBe("1");
});
