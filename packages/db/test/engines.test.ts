import type { BotRepository } from "@herald/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runningCycle } from "./cycle.ts";
import { openWorld, seal } from "./world.ts";

const STARTED_LONG_AGO = "SELECT pg_postmaster_start_time() < now() - interval '5 seconds' AS is";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const bot = (userId: string) => world.store.transaction((tx) => tx.bots.lockOfUser(userId));

test("the first engine stops all bots, keeps what was cut off, and says why", async () => {
  const { user, cycle } = await runningCycle(world, { chats: ["-1001"] });
  expect(await world.database.engines.boot("e1")).toEqual({ alone: true });
  expect(await bot(user.id)).toMatchObject({
    status: "stopped",
    stopReason: "engine_restart",
    post: { content: "hello" },
  });
  expect(await world.store.transaction((tx) => tx.cycles.find(cycle.id))).toMatchObject({ state: "open" });
  const [line] = await world.database.views.log(user.id, { before: null, limit: 1 });
  expect(line).toMatchObject({ level: "warning", text: expect.stringContaining("restarted") });
  const { rows } = await world.sql.query("SELECT type FROM events WHERE user_id = $1 ORDER BY id DESC LIMIT 2", [
    user.id,
  ]);
  expect(rows.map((row) => row.type).sort()).toEqual(["bot", "progress"]);
  expect((await world.sql.query("SELECT type FROM events WHERE user_id IS NULL")).rows).toEqual([{ type: "pool" }]);
  const audit = await world.sql.query("SELECT actor_name, action, target_id, before, after FROM audit_log");
  expect(audit.rows).toEqual([
    {
      actor_name: "engine",
      action: "bot.stop",
      target_id: user.bot.id,
      before: { status: "running", stopReason: null },
      after: { status: "stopped", stopReason: "engine_restart" },
    },
  ]);
});

test("the first engine changes nothing of what was stopped or over before, nor of other engines' leases", async () => {
  const [finished, stopped] = [
    await runningCycle(world, { chats: ["-1001"] }),
    await runningCycle(world, { chats: ["-1002"] }),
  ];
  await world.store.transaction(async (tx) => {
    await tx.cycles.release(finished.cycle.id, finished.cycle.epoch, "finished", new Date());
    await tx.bots.update(stopped.user.bot.id, { status: "stopped", stopReason: "breaker", stopMessage: "Two died." });
  });
  const [own, other] = [await world.session(), await world.session()];
  await world.database.leases.acquire(own.id, "e9", 60_000);
  await world.database.leases.acquire(other.id, "e8", 60_000);
  await world.sql.query("INSERT INTO engines (id, started_at, seen_at) VALUES ('e8', '2020-01-01', '2020-01-01')");
  expect(await world.database.engines.boot("e9")).toEqual({ alone: true });
  expect(await bot(stopped.user.id)).toMatchObject({
    status: "stopped",
    stopReason: "breaker",
    stopMessage: "Two died.",
  });
  expect(await world.database.views.log(stopped.user.id, { before: null, limit: 5 })).toEqual([]);
  const states = await world.sql.query("SELECT state FROM cycles ORDER BY state");
  expect(states.rows).toEqual([{ state: "open" }, { state: "finished" }]);
  const held = await world.sql.query(
    "SELECT engine_id FROM session_leases WHERE session_id = ANY($1) ORDER BY engine_id",
    [[own.id, other.id]],
  );
  expect(held.rows).toEqual([{ engine_id: "e8" }, { engine_id: null }]);
  const engines = () => world.sql.query("SELECT id, started_at < '2021-01-01' AS old FROM engines ORDER BY id");
  expect((await engines()).rows).toEqual([
    { id: "e8", old: true },
    { id: "e9", old: false },
  ]);
  await world.database.engines.close();
  expect((await engines()).rows).toEqual([{ id: "e8", old: true }]);
});

test("a second engine beside one that lives stops nothing", async () => {
  await world.database.engines.boot("e1");
  const { user } = await runningCycle(world, { chats: ["-1001"] });
  const second = await world.open();
  expect(await second.engines.boot("e2")).toEqual({ alone: false });
  expect(await bot(user.id)).toMatchObject({ status: "running" });
  expect((await second.engines.alive()).map((engine) => engine.id)).toEqual(["e1", "e2"]);
});

test("of engines that boot at once exactly one is alone", async () => {
  const engines = await Promise.all(Array.from({ length: 4 }, () => world.open()));
  const boots = await Promise.all(engines.map((engine, index) => engine.engines.boot(`e${index}`)));
  expect(boots.filter(({ alone }) => alone)).toHaveLength(1);
});

test("two engines cannot have one id", async () => {
  await world.database.engines.boot("e1");
  const second = await world.open();
  await expect(second.engines.boot("e1")).rejects.toThrow("ENGINE_ID");
  expect((await second.engines.alive()).map((engine) => engine.id)).toEqual(["e1"]);
});

test("engines that live and do not know our key are named, those of a former version too", async () => {
  await world.database.engines.boot("e1");
  const both = await world.open({ seal: { ...seal("b"), keyIds: ["b", "a"] } });
  await both.engines.boot("e2");
  const other = await world.open({ seal: seal("b") });
  expect(await world.database.engines.withoutOurKey()).toEqual([]);
  expect(await other.engines.withoutOurKey()).toEqual(["e1"]);
  // it was started again with another key
  await world.database.engines.close();
  await other.engines.boot("e1");
  expect(await both.engines.withoutOurKey()).toEqual([]);
  expect(await (await world.open()).engines.withoutOurKey()).toEqual(["e1"]);
  await world.sql.query("UPDATE engines SET key_ids = DEFAULT");
  expect(await both.engines.withoutOurKey()).toEqual(["e1", "e2"]);
});

test("an engine that closes is gone, one whose connection breaks is back", async () => {
  const second = await world.open();
  await world.database.engines.boot("e1");
  await second.engines.boot("e2");
  const locks = "application_name LIKE 'herald engine%' AND datname = current_database()";
  const before = await world.sql.query(
    `SELECT array_agg(pid ORDER BY pid) AS pids FROM pg_stat_activity WHERE ${locks}`,
  );
  await world.sql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${locks}`);
  await expect
    .poll(
      async () => {
        const now = await world.sql.query(
          `SELECT array_agg(pid ORDER BY pid) AS pids FROM pg_stat_activity WHERE ${locks}`,
        );
        const isNew = !now.rows[0].pids?.some((pid: number) => before.rows[0].pids.includes(pid));
        return isNew ? (await world.database.engines.alive()).map((engine) => engine.id) : [];
      },
      { timeout: 10_000 },
    )
    .toEqual(["e1", "e2"]);
  await second.close();
  expect((await world.database.engines.alive()).map((engine) => engine.id)).toEqual(["e1"]);
});

test("a cycle is released by its engine, by that engine's death, or when none of its leases is valid", async () => {
  const [first, second] = [await world.open(), await world.open()];
  await first.engines.boot("e1");
  await second.engines.boot("e2");
  const { cycle, slots } = await runningCycle(world, { chats: ["-1001"] });
  const isReleased = () => world.store.transaction((tx) => tx.cycles.isReleased(cycle.id));
  const [slot] = slots as [(typeof slots)[0]];
  expect(await isReleased()).toBe(false);
  await world.sql.query("UPDATE session_leases SET expires_at = now()");
  expect(await isReleased()).toBe(true);
  await world.database.leases.renew("e1", [slot.hold], 60_000);
  expect(await isReleased()).toBe(false);
  await first.close();
  expect(await isReleased()).toBe(true);
});

test("a lease is one engine's until it is released or runs out, and fences only grow", async () => {
  const { leases } = world.database;
  const { id } = await world.session();
  expect(await leases.acquire(id, "e1", 60_000)).toBe(1n);
  expect(await leases.acquire(id, "e2", 60_000)).toBeNull();
  expect(await leases.renew("e1", [{ sessionId: id, fence: 1n }], 60_000)).toEqual(new Set([id]));
  await leases.release("e1", id, 1n);
  expect(await leases.renew("e1", [{ sessionId: id, fence: 1n }], 60_000)).toEqual(new Set());
  expect(await leases.acquire(id, "e2", 0)).toBe(2n);
  expect(await leases.acquire(id, "e1", 60_000)).toBe(3n);
  await leases.release("e2", id, 2n);
  expect(await leases.renew("e2", [{ sessionId: id, fence: 2n }], 60_000)).toEqual(new Set());
  expect(await leases.renew("e1", [{ sessionId: id, fence: 3n }], 60_000)).toEqual(new Set([id]));
});

test("an engine takes its own lease anew, and renews what it holds by the newest fence alone", async () => {
  const { leases } = world.database;
  const [{ id }, { id: other }] = [await world.session(), await world.session()];
  const ends = async (session: string) =>
    (await world.sql.query("SELECT expires_at FROM session_leases WHERE session_id = $1", [session])).rows[0]
      .expires_at;
  expect([await leases.acquire(id, "e1", 60_000), await leases.acquire(id, "e1", 60_000)]).toEqual([1n, 2n]);
  expect(await leases.renew("e1", [{ sessionId: id, fence: 1n }], 90_000)).toEqual(new Set());
  await leases.acquire(other, "e1", 60_000);
  await leases.acquire(other, "e1", 60_000);
  const before = await ends(other);
  expect(await leases.renew("e1", [{ sessionId: id, fence: 2n }], 90_000)).toEqual(new Set([id]));
  expect(await ends(other)).toEqual(before);
});

test("of engines that want one lease at once exactly one gets it", async () => {
  const engines = await Promise.all(Array.from({ length: 3 }, () => world.open()));
  const { id } = await world.session();
  const fences = await Promise.all(engines.map((engine, index) => engine.leases.acquire(id, `e${index}`, 60_000)));
  expect(fences.filter((fence) => fence !== null)).toEqual([1n]);
});

describe("what nobody runs", () => {
  const EARLY = new Date("2020-01-01T00:00:00Z");

  /** Two engines that work, and a running bot whose cycle "e1" holds. */
  async function twoEngines() {
    // PostgreSQL's first seconds, in which every engine counts as working, are over
    await expect.poll(async () => (await world.sql.query(STARTED_LONG_AGO)).rows[0].is, { timeout: 10_000 }).toBe(true);
    const [first, second] = [await world.open(), await world.open()];
    await first.engines.boot("e1");
    await second.engines.boot("e2");
    const { cycle, user } = await runningCycle(world, { chats: ["-1001"] });
    const job = { userId: user.id, number: cycle.number };
    const held = [{ cycleId: cycle.id, epoch: cycle.epoch }];
    const take = (engineId: string) => world.store.transaction((tx) => tx.cycles.take(cycle.id, engineId));
    const change = (bot: Parameters<BotRepository["update"]>[1]) =>
      world.store.transaction((tx) => tx.bots.update(user.bot.id, bot));
    return { first, second, cycle, user, job, held, take, change };
  }

  test("a cycle of an engine that works is neither offered nor given to another", async () => {
    const { first, second, take, held } = await twoEngines();
    expect(await first.engines.pulse("e1", held)).toEqual({
      lost: [],
      untaken: [],
      untakenCount: 0,
      running: 1,
      engines: 2,
    });
    expect(await second.engines.pulse("e2", [])).toMatchObject({ untakenCount: 0 });
    expect(await take("e2")).toBeNull();
  });

  test("a dead engine's cycle is offered, and whoever takes it has it", async () => {
    const { first, second, take, job } = await twoEngines();
    await first.close();
    expect(await second.engines.pulse("e2", [])).toMatchObject({
      untaken: [job],
      untakenCount: 1,
      running: 0,
      engines: 1,
    });
    // an engine whose own lock is on its way back asks as well
    expect(await second.engines.pulse("e3", [])).toMatchObject({ untaken: [job], running: 0, engines: 2 });
    const taken = await take("e2");
    expect(taken?.epoch).toBe(2);
    expect(await second.engines.pulse("e2", [{ cycleId: taken?.id ?? "", epoch: 2 }])).toMatchObject({
      untakenCount: 0,
      running: 1,
    });
  });

  test("a frozen engine's cycle goes on elsewhere, and when it wakes it hears that it has lost it", async () => {
    const { first, second, take, job, held, cycle } = await twoEngines();
    await world.sql.query("UPDATE engines SET seen_at = now() - interval '9 seconds' WHERE id = 'e1'");
    expect(await second.engines.pulse("e2", [])).toMatchObject({ untakenCount: 0, engines: 2 });
    await world.sql.query("UPDATE engines SET seen_at = now() - interval '11 seconds' WHERE id = 'e1'");
    expect(await second.engines.pulse("e2", [])).toMatchObject({ untaken: [job], engines: 1 });
    expect(await take("e2")).toMatchObject({ epoch: 2 });
    expect(await first.engines.pulse("e1", held)).toMatchObject({ lost: [cycle.id], untakenCount: 0, engines: 2 });
    expect(await take("e1")).toBeNull();
  });

  test("a cycle that is handed back is offered, and so is one that its engine does not know it has", async () => {
    const { first, take, job, held, cycle } = await twoEngines();
    // the answer to the commit was lost
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untaken: [job] });
    expect(await take("e1")).toMatchObject({ epoch: 2 });
    await world.store.transaction((tx) => tx.cycles.handBack(cycle.id, 1));
    expect(await first.engines.pulse("e1", [{ cycleId: cycle.id, epoch: 2 }])).toMatchObject({ untakenCount: 0 });
    await world.store.transaction((tx) => tx.cycles.handBack(cycle.id, 2));
    expect(await first.engines.pulse("e1", held)).toMatchObject({ lost: [cycle.id], untaken: [job] });
    await take("e1");
    await world.store.transaction((tx) => tx.cycles.handBackAll("e1"));
    expect(await world.store.transaction((tx) => tx.cycles.find(cycle.id))).toMatchObject({ state: "running" });
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untaken: [job] });
  });

  test("after a fault of ours a cycle is offered when its wait is over, and a stopped bot's never", async () => {
    const { first, change, job } = await twoEngines();
    await change({ faults: 1, retryAt: new Date(Date.now() + 60_000) });
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untakenCount: 0 });
    await change({ retryAt: EARLY });
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untaken: [job] });
    await change({ status: "stopped" });
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untakenCount: 0 });
  });

  test("the next cycle of a bot is offered when it is due and its job is gone", async () => {
    const { first, change, cycle, job } = await twoEngines();
    await change({ nextCycleAt: EARLY });
    await world.store.transaction((tx) => tx.cycles.release(cycle.id, cycle.epoch, "finished", new Date()));
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untaken: [{ ...job, number: 2 }] });
    await change({ nextCycleAt: new Date(Date.now() + 60_000) });
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untakenCount: 0 });
    await change({ nextCycleAt: EARLY, retryAt: new Date(Date.now() + 60_000) });
    expect(await first.engines.pulse("e1", [])).toMatchObject({ untakenCount: 0 });
  });
});
