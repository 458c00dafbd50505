import { afterEach, beforeEach, expect, test } from "vitest";
import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const months = async () =>
  (await world.sql.query<{ month: number }>("SELECT month FROM herald_delivery_months()")).rows.map(
    ({ month }) => month,
  );

const thisMonth = async () =>
  (await world.sql.query<{ month: number }>("SELECT herald_month_of(now()) AS month")).rows[0]?.month ?? 0;

const prune = (olderThanDays = 30) => world.database.prune({ olderThanDays, signal: new AbortController().signal });

/** Everything happened so many months earlier, in a database that has partitions since then. */
async function age(by: number) {
  await world.sql.query(`
    CREATE TEMP TABLE aged AS SELECT * FROM deliveries;
    DO $$ DECLARE part regclass; BEGIN
      FOR part IN SELECT partition FROM herald_delivery_months() LOOP EXECUTE 'DROP TABLE ' || part; END LOOP;
      FOR back IN 0..${by} LOOP PERFORM herald_add_delivery_month(now() - back * interval '1 month'); END LOOP;
    END $$;
    ALTER TABLE deliveries DISABLE TRIGGER USER;
    UPDATE aged SET id = id - (${by}::bigint << 40), planned_at = planned_at - ${by} * interval '1 month',
      settled_at = settled_at - ${by} * interval '1 month';
    INSERT INTO deliveries SELECT * FROM aged;
    ALTER TABLE deliveries ENABLE TRIGGER USER;
    UPDATE cycles SET started_at = started_at - ${by} * interval '1 month', ended_at = ended_at - ${by} * interval '1 month';
    DROP TABLE aged`);
}

async function post(slots: Slot[], more: Parameters<typeof settlement>[1] = {}) {
  await Promise.all(slots.map((slot) => claim(world.database, slot)));
  for (const slot of slots) world.database.ledger.settle(settlement(slot, more));
  await world.database.ledger.flush();
}

const stop = (botId: string) =>
  world.store.transaction((tx) => tx.bots.update(botId, { status: "stopped", stopReason: "user" }));

/** By day and outcome, as rolled up, and as a count over the deliveries says. */
const rolledUp = async () =>
  (
    await world.sql.query(
      `SELECT day::text, state, outcome, code, group_name AS "group", session_name AS "session", sum(count)::int AS count
       FROM daily_counts GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
    )
  ).rows;
const counted = async () =>
  (
    await world.sql.query(
      `SELECT (settled_at AT TIME ZONE 'UTC')::date::text AS day, state, outcome, coalesce(code, '') AS code,
         group_name AS "group", session_name AS "session", count(*)::int AS count
       FROM deliveries WHERE settled_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
    )
  ).rows;

test("an id names its month, grows, and is exact in JSON; this month and the next are made ahead, once", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  const [a, b] = slots.map(({ deliveryId }) => BigInt(deliveryId)) as [bigint, bigint];
  const month = await thisMonth();
  expect([a >> 40n, b - a]).toEqual([BigInt(month), 1n]);
  expect(Number.isSafeInteger(Number(b))).toBe(true);
  await Promise.all([prune(), prune()]);
  expect(await months()).toEqual([month, month + 1]);
});

test("a month that nobody made ahead is made by the cycle that needs it", async () => {
  await world.sql.query(`DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT partition FROM herald_delivery_months() LOOP EXECUTE 'DROP TABLE ' || part; END LOOP; END $$`);
  expect(await months()).toEqual([]);
  const cycles = await Promise.all([
    runningCycle(world, { chats: ["-1001"] }),
    runningCycle(world, { chats: ["-1002"] }),
  ]);
  expect(cycles.map(({ deliveries }) => deliveries.length)).toEqual([1, 1]);
  expect(await months()).toEqual([await thisMonth()]);
});

test("a random id is used once by a session, in every month", async () => {
  await age(1);
  const { cycle } = await runningCycle(world, { chats: ["-1001"] });
  await expect(
    world.sql.query(
      `INSERT INTO deliveries (cycle_id, bot_id, user_id, session_id, group_id, random_id, planned_at)
       SELECT cycle_id, bot_id, user_id, session_id, group_id, random_id, planned_at FROM deliveries WHERE cycle_id = $1`,
      [cycle.id],
    ),
  ).rejects.toMatchObject({ code: "23505", constraint: expect.stringMatching(/_session_id_random_id_key$/) });
});

test("a look-up by id opens one month", async () => {
  await age(3);
  const { rows } = await world.sql.query<{ "QUERY PLAN": string }>(
    "EXPLAIN SELECT state FROM deliveries WHERE id = (herald_month_of(now())::bigint << 40) + 1",
  );
  expect(rows.filter((row) => row["QUERY PLAN"].includes(" on deliveries_"))).toHaveLength(1);
});

test("a day is rolled up as its deliveries say, also what is settled late and what is dated back", async () => {
  const { slots, user } = await runningCycle(world, { sessions: 2, chats: ["-1001", "-1002", "-1003"] });
  const [a, b, c, d] = slots as [Slot, Slot, Slot, Slot];
  await post([a]);
  await post([b], { state: "failed", outcome: "group_refused", code: "CHAT_WRITE_FORBIDDEN", messageId: null });
  await prune();
  expect(await rolledUp()).toEqual(await counted());
  expect(await rolledUp()).toHaveLength(2);

  await post([c], { at: new Date(Date.now() - 86_400_000) });
  await post([d]);
  await world.store.transaction((tx) => tx.groups.remove(user.bot.id, [a.groupId]));
  await prune();
  expect(await rolledUp()).toEqual(await counted());
  expect((await rolledUp()).reduce((sum, row) => sum + row.count, 0)).toBe(4);

  // the same again writes nothing
  const versions = async () =>
    (await world.sql.query("SELECT xmin::text, ctid::text FROM daily_counts ORDER BY 2")).rows;
  const before = await versions();
  await prune();
  expect(await versions()).toEqual(before);

  // what is no longer so is taken back
  await world.sql.query("UPDATE daily_counts SET outcome = 'content_refused' WHERE outcome = 'group_refused'");
  await prune();
  expect(await rolledUp()).toEqual(await counted());
});

test("what was settled long ago is rolled up by the first run, and what came in between by the next", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002", "-1003"] });
  const days = (n: number) => new Date(Date.now() - n * 86_400_000);
  await post([slots[0] as Slot], { at: days(20) });
  await prune(300);
  expect(await rolledUp()).toHaveLength(1);
  await post([slots[1] as Slot], { at: days(10) });
  await post([slots[2] as Slot], { at: days(4) });
  await prune(300);
  expect(await rolledUp()).toEqual(await counted());
});

test("what is settled by a clock that runs ahead hides nothing that is dated back", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  const days = (n: number) => new Date(Date.now() + n * 86_400_000);
  await post([slots[0] as Slot], { at: days(1) });
  await prune(300);
  expect(await rolledUp()).toHaveLength(1);
  await post([slots[1] as Slot], { at: days(-2) });
  await prune(300);
  expect(await rolledUp()).toEqual(await counted());
});

test("what is older than months in ids is corrected while it is there, and kept when it is dropped", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await post(slots);
  await world.sql.query("UPDATE deliveries SET id = 7 WHERE id = $1", [slots[0]?.deliveryId]);
  await prune();
  await world.sql.query("UPDATE daily_counts SET outcome = 'unknown'");
  await prune();
  const told = await rolledUp();
  expect(told).toEqual(await counted());
  await world.sql.query("DELETE FROM deliveries WHERE id = 7");
  await prune();
  expect(await rolledUp()).toEqual(told);
});

test("a roll-up of some days counts and corrects those alone, and keeps the newest names", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002", "-1003"] });
  await world.user(); // who has nothing to count
  const days = (n: number) => new Date(Date.now() - n * 86_400_000);
  for (const [index, slot] of slots.entries()) await post([slot], { at: days(10 + index) });
  const { rows } = await world.sql.query<{ day: string }>(
    "SELECT (settled_at AT TIME ZONE 'UTC')::date::text AS day FROM deliveries ORDER BY settled_at",
  );
  const [oldest, middle, newest] = rows.map(({ day }) => day);
  const rollUp = (day: string | undefined) => world.sql.query("SELECT herald_roll_up($1, $1)", [day]);
  const counts = async () => (await rolledUp()).map(({ day, count }) => [day, count]);
  await rollUp(middle);
  expect(await counts()).toEqual([[middle, 1]]);
  await rollUp(oldest);
  await rollUp(newest);
  // what was there of these days and is no more goes; the others' stays, right or not
  await world.sql.query("UPDATE daily_counts SET group_id = gen_random_uuid(), count = 9");
  await rollUp(middle);
  expect(await counts()).toEqual([
    [oldest, 9],
    [middle, 1],
    [newest, 9],
  ]);
  await world.sql.query(
    `UPDATE deliveries SET (group_id, settled_at) = (SELECT group_id, settled_at FROM deliveries ORDER BY id LIMIT 1),
       group_name = 'name ' || (id & 15), session_name = 'account ' || (id & 15)`,
  );
  await rollUp(newest);
  const newestId = (await world.sql.query("SELECT max(id) & 15 AS n FROM deliveries")).rows[0].n;
  const day = (await rolledUp()).filter((row) => row.day === newest);
  expect(day).toMatchObject([{ count: 3, group: `name ${newestId}`, session: `account ${newestId}` }]);
});

test("a month goes when it ended before the retention, and its counts stay", async () => {
  const { slots, user, cycle } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await post(slots);
  await world.store.transaction(async (tx) => {
    await tx.cycles.release(cycle.id, cycle.epoch, "finished", new Date());
    await tx.bots.update(user.bot.id, { status: "stopped", stopReason: "user" });
  });
  await age(3);
  const month = await thisMonth();
  expect(await prune(300)).toMatchObject({ months: 0 });
  const told = await rolledUp();
  expect(told).toEqual(await counted());
  await world.sql.query("DELETE FROM daily_counts"); // as if nobody had rolled up: the last chance is before the drop

  expect(await prune(30)).toMatchObject({ months: 2, cycles: 0 });
  expect(await months()).toEqual([month - 1, month, month + 1]);
  expect(await counted()).toEqual([]);
  expect(await rolledUp()).toEqual(told);
  // a roll-up of the same days finds nothing, and leaves them
  await world.sql.query("SELECT herald_roll_up((now() - interval '200 days')::date, now()::date)");
  expect(await rolledUp()).toEqual(told);
  expect(await world.database.views.bot(user.id)).toMatchObject({
    cycle: { number: 1, counts: { sent: 2 }, endsAt: null },
    stats: { totalSuccess: 2 },
  });

  // the next cycle follows, and then the old one goes
  const next = await world.store.transaction((tx) =>
    tx.cycles.create({
      botId: user.bot.id,
      userId: user.id,
      executionMode: "enterprise",
      postId: null,
      post: { type: "text", content: "hello" },
      delayBetweenPosts: 0,
      totalCycleMinutes: null,
      startedAt: new Date(),
      slots: [],
    }),
  );
  expect(next.number).toBe(2);
  expect(await prune(30)).toMatchObject({ cycles: 1 });
});

test("a day of two months keeps what the older one told when the newer is counted anew", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await post([slots[0] as Slot]);
  await post([slots[1] as Slot]);
  await age(2);
  // the second is the next month's, and settled on the same day
  await world.sql.query(
    "UPDATE deliveries SET id = id + (1::bigint << 40) WHERE id = (SELECT max(id) FROM deliveries)",
  );
  const total = async () => (await world.sql.query("SELECT sum(count)::int AS n FROM daily_counts")).rows[0].n;
  const drop = async (back: number) =>
    (await world.sql.query("SELECT herald_drop_delivery_month($1) AS gone", [(await thisMonth()) - back])).rows[0].gone;
  expect([await drop(2), await total()]).toEqual([true, 2]);
  expect([await drop(1), await total()]).toEqual([true, 2]);
  expect(await drop(1)).toBe(false);
});

test("what a dropped month told stays when the one before it, that somebody read, is dropped later", async () => {
  const { slots } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await post(slots);
  await age(2);
  // the second is the next month's, and settled on the same day
  await world.sql.query(
    "UPDATE deliveries SET id = id + (1::bigint << 40) WHERE id = (SELECT max(id) FROM deliveries)",
  );
  const month = await thisMonth();
  for (const back of [1, 2]) await world.sql.query("SELECT herald_drop_delivery_month($1)", [month - back]);
  expect(await months()).not.toContain(month - 2);
  expect((await rolledUp()).map(({ count }) => count)).toEqual([1, 1]);
});

test("what a stopped bot left open is given up with its month; what a running one has to send keeps it", async () => {
  const { slots, user, cycle, groups } = await runningCycle(world, { chats: ["-1001", "-1002", "-1003"] });
  await post([slots[0] as Slot]);
  await claim(world.database, slots[1] as Slot);
  await age(3);
  await world.sql.query("UPDATE chats SET reserved_by = NULL, reserved_until = NULL");
  const month = await thisMonth();
  await prune(30);
  expect(await months()).toContain(month - 3);
  expect(await world.store.transaction((tx) => tx.cycles.counts(cycle.id))).toMatchObject({ planned: 1, sending: 1 });

  await stop(user.bot.id);
  expect(await prune(30)).toMatchObject({ months: 1 });
  expect(await months()).toEqual([month - 1, month, month + 1]);
  expect(await world.database.views.bot(user.id)).toMatchObject({
    cycle: { state: "closed", counts: { planned: 0, sending: 0, sent: 1, failed: 1, skipped: 1 } },
    stats: { totalPosts: 2, totalFailures: 1 },
  });
  expect(await world.database.views.log(user.id, { before: null, limit: 1 })).toMatchObject([
    { text: "What was left of cycle 1 is given up: posts are kept for 30 days." },
  ]);
  expect((await rolledUp()).map(({ outcome, count }) => [outcome, count])).toEqual(
    expect.arrayContaining([
      ["sent", 1],
      ["unknown", 1],
      ["cycle_ended", 1],
    ]),
  );
  expect(groups).toHaveLength(3);
});

test("a month that somebody reads is dropped at the next call", async () => {
  await age(3);
  const reader = await world.sql.connect();
  await reader.query("BEGIN; SELECT count(*) FROM deliveries");
  expect(await prune(30)).toMatchObject({ months: 0 });
  await reader.query("COMMIT");
  reader.release();
  expect(await prune(30)).toMatchObject({ months: 2 });
});

test("a removed group and a lost account keep their names and links where they posted", async () => {
  const { slots, user, cycle, groups } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await post([slots[0] as Slot], { messageId: 42 });
  await world.store.transaction((tx) =>
    tx.groups.remove(
      user.bot.id,
      groups.map(({ id }) => id),
    ),
  );
  const names = { groupName: "Chat -1001", sessionName: "account" };
  expect(await world.database.views.slots(user.id, cycle.id)).toMatchObject([
    { ...names, state: "sent", messageLink: "https://t.me/group_0/42" },
    { groupName: "Chat -1002", state: "skipped", messageLink: null },
  ]);
});
