import { afterEach, beforeEach, expect, test } from "vitest";
import { runningCycle } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const bot = (userId: string) => world.store.transaction((tx) => tx.bots.ofUser(userId));

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

test("of engines that want one lease at once exactly one gets it", async () => {
  const engines = await Promise.all(Array.from({ length: 3 }, () => world.open()));
  const { id } = await world.session();
  const fences = await Promise.all(engines.map((engine, index) => engine.leases.acquire(id, `e${index}`, 60_000)));
  expect(fences.filter((fence) => fence !== null)).toEqual([1n]);
});
