import { afterAll, beforeAll, expect, test } from "vitest";
import { claim, LEASE_MS, runningCycle, type Slot, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

// What a cycle and its deliveries are when they are taken, moved, handed on and given up: each row in its state.

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld({ defaultCooldown: 0 });
  await world.database.engines.boot("e1");
});
afterAll(() => world.close());

type Work<T> = (tx: Parameters<Parameters<typeof world.store.transaction>[0]>[0]) => Promise<T>;
const inTransaction = <T>(work: Work<T>) => world.store.transaction(work);
const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
let last = 0;
const chats = (count: number) => Array.from({ length: count }, () => `-100${5_500_000_000 + ++last}`);

/** One delivery in each state. */
async function everyState() {
  const made = await runningCycle(world, { sessions: 2, chats: chats(5) });
  const [planned, sending, sent, failed, skipped] = made.slots as [Slot, Slot, Slot, Slot, Slot];
  for (const slot of [sending, sent, failed]) await claim(world.database, slot);
  const { ledger } = world.database;
  ledger.settle(settlement(sent));
  ledger.settle(settlement(failed, { state: "failed", outcome: "group_refused", code: "NO", messageId: null }));
  await ledger.flush();
  await inTransaction((tx) => tx.cycles.skip([skipped.deliveryId], "session_lost", new Date()));
  const five = [planned, sending, sent, failed, skipped];
  const ids = five.map(({ deliveryId }) => deliveryId);
  const rows = () => query("SELECT * FROM deliveries WHERE id = ANY($1) ORDER BY array_position($1, id)", ids);
  const other = made.slots[5] as Slot;
  return { ...made, ids, rows, other, bot: made.user.bot };
}
const cycleRow = async (id: string) => (await query("SELECT * FROM cycles WHERE id = $1", id))[0];

test("what is open is moved in time, and what is final keeps its own", async () => {
  const { ids, rows } = await everyState();
  const before = await rows();
  await inTransaction((tx) => tx.cycles.reschedule(ids.map((id) => ({ id, plannedAt: new Date(0) }))));
  const times = (await rows()).map((row) => row.planned_at);
  expect(times).toEqual([new Date(0), new Date(0), ...before.slice(2).map((row) => row.planned_at)]);
});

test("what may stand there, or is final, is given to no other account", async () => {
  const { ids, rows, other } = await everyState();
  const before = await rows();
  const { sessionId } = other.hold;
  await inTransaction((tx) =>
    tx.cycles.reassign(ids.map((deliveryId) => ({ deliveryId, sessionId, plannedAt: new Date(0) }))),
  );
  const [planned, ...others] = await rows();
  expect(planned).toMatchObject({ session_id: sessionId, planned_at: new Date(0), session_name: "account" });
  expect(others).toEqual(before.slice(1));
});

test("what is skipped was planned; what may stand there fails unknown, for its group too; what is final stays", async () => {
  for (const giveUp of ["skip", "close"] as const) {
    const { ids, rows, user, cycle, groups } = await everyState();
    const before = await rows();
    const at = new Date();
    await inTransaction((tx) =>
      giveUp === "skip" ? tx.cycles.skip(ids, "bot_changed", at) : tx.cycles.close(cycle.id, "bot_changed", at),
    );
    const [planned, sending, ...final] = await rows();
    expect(planned).toMatchObject({ state: "skipped", outcome: "bot_changed", settled_at: at });
    expect(sending).toMatchObject({ state: "failed", outcome: "unknown", settled_at: at });
    expect(final).toEqual(before.slice(2));
    const failed = await query("SELECT failed FROM groups WHERE user_id = $1 ORDER BY position", user.id);
    expect(failed.map((group) => group.failed)).toEqual([0, 1, 0, 1, 0]);
    expect(groups).toHaveLength(5);
    const stats = await query("SELECT total_posts, total_failures FROM stats WHERE user_id = $1", user.id);
    expect(stats).toEqual([{ total_posts: 3, total_failures: 2 }]);
  }
});

test("a cycle that is over is neither taken, released, handed back, opened nor closed again", async () => {
  for (const state of ["finished", "closed"] as const) {
    const { cycle, bot } = await everyState();
    await inTransaction((tx) =>
      state === "closed"
        ? tx.cycles.close(cycle.id, "bot_changed", new Date(1000))
        : tx.cycles.release(cycle.id, cycle.epoch, state, new Date(1000)),
    );
    const before = await cycleRow(cycle.id);
    expect(before).toMatchObject({ state, engine_id: null, ended_at: new Date(1000) });
    await inTransaction(async (tx) => {
      expect(await tx.cycles.take(cycle.id, "e1")).toBeNull();
      await tx.cycles.release(cycle.id, cycle.epoch, "open", new Date());
      await tx.cycles.handBack(cycle.id, cycle.epoch);
      await tx.cycles.reopen(cycle.id);
      await tx.cycles.close(cycle.id, "session_lost", new Date());
      expect(await tx.cycles.current(bot.id)).toBeNull();
    });
    expect(await cycleRow(cycle.id)).toEqual(before);
    // nor does its close skip what another cycle left open
    if (state === "finished")
      expect(await query("SELECT FROM deliveries WHERE cycle_id = $1 AND state = 'planned'", cycle.id)).not.toEqual([]);
  }
});

test("a cycle is taken by nobody while its bot is stopped, and by its own engine anew", async () => {
  const { cycle, bot } = await everyState();
  const take = () => inTransaction((tx) => tx.cycles.take(cycle.id, "e1"));
  await query("UPDATE bots SET status = 'stopped' WHERE id = $1", bot.id);
  expect(await take()).toBeNull();
  await query("UPDATE bots SET status = 'running' WHERE id = $1", bot.id);
  expect(await take()).toMatchObject({ epoch: cycle.epoch + 1 });
  await query("UPDATE cycles SET engine_id = NULL, state = 'open' WHERE id = $1", cycle.id);
  expect(await take()).toMatchObject({ state: "running", epoch: cycle.epoch + 2 });
});

test("a take waits for a stop that is under way, and a stop for a take", async () => {
  const { cycle, bot } = await everyState();
  const client = await world.sql.connect();
  await client.query("BEGIN");
  await client.query("UPDATE bots SET status = 'stopped' WHERE id = $1", [bot.id]);
  const taken = inTransaction((tx) => tx.cycles.take(cycle.id, "e1"));
  const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%'`;
  while ((await query(waits)).length === 0);
  await client.query("COMMIT");
  expect(await taken).toBeNull();
  await query("UPDATE bots SET status = 'running' WHERE id = $1", bot.id);
  await inTransaction(async (tx) => {
    await tx.cycles.take(cycle.id, "e1");
    const stop = client.query("SELECT FROM bots WHERE id = $1 FOR UPDATE NOWAIT", [bot.id]);
    await expect(stop).rejects.toThrow("could not obtain lock");
  });
  client.release();
});

test("a cycle is held by a lease of its own engine on a session of its own, and while it runs", async () => {
  const [ours, theirs] = [await everyState(), await everyState()];
  const isReleased = () => inTransaction((tx) => tx.cycles.isReleased(ours.cycle.id));
  const own = ours.sessions.map(({ id }) => id);
  const hold = (engine: string) =>
    query("UPDATE session_leases SET engine_id = $2 WHERE session_id = ANY($1)", own, engine);
  expect(await isReleased()).toBe(false);
  // its sessions are another engine's, which lives too
  await hold("e2");
  expect(await isReleased()).toBe(true);
  // its engine has leases, but on another cycle's sessions
  await query("UPDATE session_leases SET engine_id = NULL, expires_at = NULL WHERE session_id = ANY($1)", own);
  expect(await query("SELECT FROM session_leases WHERE engine_id = 'e1' AND expires_at > now()")).not.toEqual([]);
  expect(await isReleased()).toBe(true);
  expect(await inTransaction((tx) => tx.cycles.isReleased(theirs.cycle.id))).toBe(false);
  for (const id of own) await world.database.leases.acquire(id, "e1", LEASE_MS);
  expect(await isReleased()).toBe(false);
  await query("UPDATE cycles SET state = 'open', engine_id = NULL WHERE id = $1", ours.cycle.id);
  expect(await isReleased()).toBe(true);
});

test("an engine hands back what is its own", async () => {
  const [ours, theirs] = [await everyState(), await everyState()];
  await query("UPDATE cycles SET engine_id = 'e2' WHERE id = $1", theirs.cycle.id);
  await inTransaction((tx) => tx.cycles.handBackAll("e1"));
  expect([await cycleRow(ours.cycle.id), await cycleRow(theirs.cycle.id)]).toMatchObject([
    { engine_id: null, state: "running" },
    { engine_id: "e2" },
  ]);
});

test("what is planned is skipped with its group, what may stand there stays open, and other groups go on", async () => {
  const { ids, rows, user, groups } = await everyState();
  const before = await rows();
  await inTransaction((tx) =>
    tx.groups.remove(
      user.bot.id,
      groups.slice(0, 3).map(({ id }) => id),
    ),
  );
  const [planned, ...others] = await rows();
  expect(planned).toMatchObject({ state: "skipped", outcome: "bot_changed" });
  expect(others).toEqual(before.slice(1));
  const open = await query(
    "SELECT group_id FROM deliveries WHERE user_id = $1 AND state = 'planned' AND NOT id = ANY($2)",
    user.id,
    ids,
  );
  expect(open.map(({ group_id }) => group_id).sort()).toEqual(
    groups
      .slice(3)
      .map(({ id }) => id)
      .sort(),
  );
});
