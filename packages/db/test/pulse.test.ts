import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runningCycle } from "./cycle.ts";
import { openWorld } from "./world.ts";

// Each condition by which a cycle or a bot is offered to an engine; no engine but "e1" has ever worked here.

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
  // PostgreSQL's first seconds, in which every engine counts as working, are over
  const isOver = "SELECT pg_postmaster_start_time() < now() - interval '5 seconds' AS is";
  while (!(await world.sql.query(isOver)).rows[0].is);
  await world.database.engines.boot("e1");
});
afterAll(() => world.close());

let last = 0;
const query = (text: string, ...values: unknown[]) => world.sql.query(text, values);

/** A bot that runs, whose cycle "e1" holds and knows; what `pulse` offers of it to "e1". */
async function running() {
  const { user, cycle } = await runningCycle(world, { chats: [`-100${6_000_000_000 + ++last}`] });
  const held = [{ cycleId: cycle.id, epoch: cycle.epoch }];
  return {
    user,
    cycle,
    held,
    job: { botId: user.bot.id, userId: user.id, number: cycle.number },
    bot: (set: string) => query(`UPDATE bots SET ${set} WHERE id = $1`, user.bot.id),
    set: (set: string) => query(`UPDATE cycles SET ${set} WHERE id = $1`, cycle.id),
    offered: async (of = held, engine = "e1") =>
      (await world.database.engines.pulse(engine, of)).untaken.filter(({ userId }) => userId === user.id),
    lost: async (of = held, engine = "e1") => (await world.database.engines.pulse(engine, of)).lost,
  };
}

test("what an engine runs is not offered, and what it does not know it has is", async () => {
  const { offered, job, held, set } = await running();
  expect([await offered(), await offered([])]).toEqual([[], [job]]);
  await set("engine_id = NULL");
  expect([await offered(), await offered(held, "e2")]).toEqual([[job], [job]]);
});

test("a cycle that is open or whose bot is stopped is not offered", async () => {
  const open = await running();
  await open.set("state = 'open', engine_id = NULL");
  expect(await open.offered([])).toEqual([]);
  const stopped = await running();
  await stopped.set("engine_id = NULL");
  await stopped.bot("status = 'stopped'");
  expect(await stopped.offered([])).toEqual([]);
  await stopped.bot("status = 'running'");
  expect(await stopped.offered([])).toEqual([stopped.job]);
});

test("after a fault of ours neither this cycle nor the next is offered before its time", async () => {
  const { offered, bot, set, job } = await running();
  for (const [retry, isOffered] of [
    ["now() + interval '1 minute'", false],
    ["now() - interval '1 s'", true],
    ["NULL", true],
  ] as const) {
    await bot(`retry_at = ${retry}`);
    expect(await offered([])).toEqual(isOffered ? [job] : []);
  }
  await set("state = 'finished', engine_id = NULL, ended_at = now()");
  for (const [retry, isOffered] of [
    ["now() + interval '1 minute'", false],
    ["now() - interval '1 s'", true],
    ["NULL", true],
  ] as const) {
    await bot(`retry_at = ${retry}, next_cycle_at = now() - interval '3 s'`);
    expect(await offered([])).toEqual(isOffered ? [{ ...job, number: 2 }] : []);
  }
});

test("the next cycle is offered when it is two seconds late, and not beside one that is unfinished", async () => {
  const { offered, bot, set, job } = await running();
  await bot("next_cycle_at = now() - interval '1 minute'");
  expect(await offered()).toEqual([]);
  await set("state = 'open', engine_id = NULL");
  expect(await offered([])).toEqual([]);
  await set("state = 'closed', ended_at = now()");
  expect(await offered([])).toEqual([{ ...job, number: 2 }]);
  await bot("next_cycle_at = now() - interval '1 s'");
  expect(await offered([])).toEqual([]);
  await bot("next_cycle_at = NULL");
  expect(await offered([])).toEqual([]);
  await bot("next_cycle_at = now() - interval '1 minute', status = 'stopped'");
  expect(await offered([])).toEqual([]);
  // a bot that never had a cycle begins with the first
  await bot("status = 'running'");
  await query("DELETE FROM cycles WHERE bot_id = $1", job.botId);
  expect(await offered([])).toEqual([{ ...job, number: 1 }]);
});

test("a cycle is lost that is finished, another's, or taken anew since", async () => {
  const { lost, set, held, cycle } = await running();
  // another one of the same engine and epoch
  await running();
  expect(await lost()).toEqual([]);
  expect(await lost(held, "e2")).toEqual([cycle.id]);
  expect(await lost(held.map((one) => ({ ...one, epoch: one.epoch + 1 })))).toEqual([cycle.id]);
  await set("state = 'finished', engine_id = NULL, ended_at = now()");
  expect(await lost()).toEqual([cycle.id]);
});

test("an engine that asks is told of as many as it wants, and how many there are", async () => {
  const [one, two] = [await running(), await running()];
  for (const { set } of [one, two]) await set("engine_id = NULL");
  const ask = async (most: number) =>
    (await query("SELECT herald_pulse('e1', '{}', '{}', $1) AS pulse", most)).rows[0].pulse;
  const { untakenCount } = await ask(100);
  expect(untakenCount).toBeGreaterThan(1);
  expect(await ask(1)).toMatchObject({ untaken: [{}], untakenCount });
  expect((await ask(1)).untaken).toHaveLength(1);
});

test("running are the cycles of engines that work, and an engine that says so is one of them", async () => {
  const { set } = await running();
  const pulse = () => world.database.engines.pulse("e1", []);
  const { running: before } = await pulse();
  await set("engine_id = 'gone'");
  expect((await pulse()).running).toBe(before - 1);
  await set("engine_id = 'e1'");
  expect(await pulse()).toMatchObject({ running: before, engines: 1 });
  await query("UPDATE engines SET seen_at = now() - interval '1 minute'");
  await pulse();
  const { rows } = await query("SELECT seen_at > now() - interval '10 s' AS seen FROM engines WHERE id = 'e1'");
  expect(rows).toEqual([{ seen: true }]);
});

test("an advisory lock of something else, or in another database, makes no engine alive", async () => {
  await query("INSERT INTO engines (id, started_at) VALUES ('e3', now())");
  const alive = async () => (await world.database.engines.alive()).map(({ id }) => id);
  const { lock_key: key } = (await query("SELECT lock_key FROM engines WHERE id = 'e3'")).rows[0];
  const [client, waiting] = [await world.sql.connect(), await world.sql.connect()];
  await client.query("SELECT pg_advisory_lock(hashtext('herald.other'), $1::int)", [key]);
  expect(await alive()).toEqual(["e1"]);
  // the same number as one key of 64 bits
  await client.query("SELECT pg_advisory_lock((hashtext('herald.engine')::bigint << 32) | $1::bigint)", [key]);
  expect(await alive()).toEqual(["e1"]);
  await client.query("SELECT pg_advisory_unlock_all()");
  await client.query("SELECT pg_advisory_lock_shared(hashtext('herald.engine'), 2147483647)");
  await query("UPDATE engines SET lock_key = 2147483647 WHERE id = 'e3'");
  expect(await alive()).toEqual(["e1", "e3"]);
  await query("INSERT INTO engines (id, started_at, lock_key) VALUES ('e4', now(), 2147483646)");
  await waiting.query("SELECT pg_advisory_lock(hashtext('herald.engine'), 2147483646)");
  expect(await alive()).toEqual(["e1", "e3", "e4"]);
  await query("UPDATE engines SET lock_key = 2147483645 WHERE id = 'e3'");
  expect(await alive()).toEqual(["e1", "e4"]);
  await waiting.query("SELECT pg_advisory_unlock_all()");
  expect(await alive()).toEqual(["e1"]);
  const elsewhere = await openWorld();
  onTestFinished(() => elsewhere.close());
  await elsewhere.sql.query("INSERT INTO engines (id, started_at, lock_key) VALUES ('e4', now(), 2147483646)");
  expect(await elsewhere.database.engines.boot("e4")).toEqual({ alone: true });
  expect(await alive()).toEqual(["e1"]);
  client.release(true);
  waiting.release();
});
