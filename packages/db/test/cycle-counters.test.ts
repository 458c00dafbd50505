import { afterEach, beforeEach, expect, test } from "vitest";
import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const STATES = ["planned", "sending", "sent", "failed", "skipped"] as const;

/** The cycle's counters, which must be what a count says. */
async function counts(cycleId: string) {
  const kept = await world.store.transaction((tx) => tx.cycles.counts(cycleId));
  const { rows } = await world.sql.query<{ state: string; count: number }>(
    "SELECT state::text, count(*)::int AS count FROM deliveries WHERE cycle_id = $1 GROUP BY 1",
    [cycleId],
  );
  const counted = Object.fromEntries(
    STATES.map((state) => [state, rows.find((row) => row.state === state)?.count ?? 0]),
  );
  expect(kept).toEqual(counted);
  return STATES.map((state) => kept[state]).join(" ");
}

test("a cycle's counters follow its deliveries through every change", async () => {
  const { cycle, slots, user } = await runningCycle(world, {
    chats: ["-1001", "-1002", "-1003", "-1004", "-1005", "-1006"],
  });
  const other = await runningCycle(world, { chats: ["-1010"] });
  const [a, b, c, d, e, f] = slots as [Slot, Slot, Slot, Slot, Slot, Slot];
  const { ledger } = world.database;
  expect(await counts(cycle.id)).toBe("6 0 0 0 0");
  await Promise.all([
    ...[a, b, c].map((slot) => claim(world.database, slot)),
    claim(world.database, other.slots[0] as Slot),
  ]);
  expect(await counts(cycle.id)).toBe("3 3 0 0 0");
  ledger.settle(settlement(a));
  ledger.settle(settlement(b, { state: "failed", outcome: "group_refused", messageId: null }));
  // given back, and held without a change of state
  ledger.settle(settlement(c, { state: "planned", outcome: null, messageId: null }));
  ledger.settle(settlement(other.slots[0] as Slot));
  await ledger.flush();
  expect(await counts(cycle.id)).toBe("4 0 1 1 0");
  expect(await counts(other.cycle.id)).toBe("0 0 1 0 0");
  // the same settlement again, and one that comes too late
  ledger.settle(settlement(a));
  await ledger.flush();
  expect(await counts(cycle.id)).toBe("4 0 1 1 0");
  await world.sql.query("UPDATE chats SET opted_out = true WHERE id = -1003");
  expect(await claim(world.database, c)).toMatchObject({ kind: "skip" });
  expect(await counts(cycle.id)).toBe("3 0 1 1 1");
  await claim(world.database, d);
  await world.store.transaction((tx) => tx.cycles.skip([d.deliveryId, e.deliveryId], "session_lost", new Date()));
  expect(await counts(cycle.id)).toBe("1 0 1 2 2");
  await world.store.transaction((tx) => tx.groups.remove(user.bot.id, [f.groupId]));
  expect(await counts(cycle.id)).toBe("0 0 1 2 3");
});

test("what is changed after the ledger, in the ledger's own transaction, is counted by itself", async () => {
  const { cycle, slots } = await runningCycle(world, { chats: ["-1001", "-1002", "-1003"] });
  const [a, b] = slots as [Slot, Slot];
  await claim(world.database, a);
  const client = await world.sql.connect();
  try {
    const { hold, deliveryId: delivery, chatId: chat } = b;
    const { epoch, sessionId: session } = hold;
    const claims = [{ n: 0, delivery, chat, topic: 0, cycle: cycle.id, epoch, session, fence: `${hold.fence}` }];
    await client.query("BEGIN");
    await client.query("SELECT herald_ledger('[]', $1, 0, 10)", [JSON.stringify(claims)]);
    await client.query(
      "UPDATE deliveries SET state = 'failed', outcome = 'unknown', settled_at = now() WHERE id = $1",
      [a.deliveryId],
    );
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  expect(await counts(cycle.id)).toBe("1 1 0 1 0");
});

test("a change of no state writes no cycle", async () => {
  const { cycle, deliveries } = await runningCycle(world, { chats: ["-1001"] });
  const version = async () => (await world.sql.query("SELECT ctid FROM cycles WHERE id = $1", [cycle.id])).rows;
  const before = await version();
  const times = deliveries.map(({ id }) => ({ id, plannedAt: new Date(0) }));
  await world.store.transaction((tx) => tx.cycles.reschedule(times));
  expect(await version()).toEqual(before);
});

test("a closed cycle has nothing open", async () => {
  const { cycle, slots } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await claim(world.database, slots[0] as Slot);
  await world.store.transaction((tx) => tx.cycles.close(cycle.id, "bot_changed", new Date()));
  expect(await counts(cycle.id)).toBe("0 0 0 1 1");
});

test("two engines that settle and claim in one cycle, and a group that is removed meanwhile, lose no count", async () => {
  const chats = Array.from({ length: 30 }, (_, n) => `-100${n + 1}`);
  const { cycle, slots, user } = await runningCycle(world, { sessions: 2, chats });
  await world.sql.query("UPDATE chats SET cooldown = 0");
  const second = await world.open();
  const lane = async (database: typeof second, own: Slot[]) => {
    for (const slot of own) {
      if ((await claim(database, slot)).kind === "go") database.ledger.settle(settlement(slot));
    }
    await database.ledger.flush();
  };
  await Promise.all([
    lane(
      world.database,
      slots.filter((_, n) => n % 2 === 0),
    ),
    lane(
      second,
      slots.filter((_, n) => n % 2 === 1),
    ),
    ...slots
      .slice(10, 20)
      .map((slot) => world.store.transaction((tx) => tx.groups.remove(user.bot.id, [slot.groupId]))),
  ]);
  expect(await counts(cycle.id)).toMatch(/^0 0 \d+ 0 \d+$/);
});

test("who removes a group waits for its cycle before its deliveries, like the ledger", async () => {
  const { cycle, slots, user } = await runningCycle(world, { chats: ["-1001"] });
  const [slot] = slots as [Slot];
  const ledger = await world.sql.connect();
  await ledger.query("BEGIN");
  await ledger.query("SELECT FROM cycles WHERE id = $1 FOR NO KEY UPDATE", [cycle.id]);
  const removed = world.store.transaction((tx) => tx.groups.remove(user.bot.id, [slot.groupId]));
  const waits = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  while ((await world.sql.query(waits)).rowCount === 0);
  await ledger.query("SELECT FROM deliveries WHERE id = $1 FOR UPDATE NOWAIT", [slot.deliveryId]);
  await ledger.query("COMMIT");
  ledger.release();
  expect(await removed).toBe(1);
});
