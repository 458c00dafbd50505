import { afterEach, beforeEach, expect, test } from "vitest";
import { runningCycle, type Slot } from "./cycle.ts";
import { openWorld } from "./world.ts";

// What the admin's first page counts, and by what it says that something waits for an admin.

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
const HOUR = 3_600_000;
const now = new Date("2026-05-03T10:30:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
const overview = () => world.database.views.overview(now);

test("the pool is counted by place and rest, each account once", async () => {
  const user = await world.user();
  await query(
    `INSERT INTO sessions (id, label, file_name, fingerprint, place, user_id, needs_admin, resting_until, banned_at, death_cause)
     SELECT gen_random_uuid(), '', '', gen_random_uuid()::text, place, CASE WHEN place = 'assigned' THEN $2::uuid END, needs_admin,
       $1::timestamptz + rest, CASE WHEN place = 'banned' THEN $1::timestamptz END, CASE WHEN place = 'banned' THEN 'spam'::"DeathCause" END
     FROM unnest('{unused,assigned,banned}'::"SessionPlace"[], '{1,2,3}'::int[]) AS of(place, times), generate_series(1, times),
       unnest('{true,false}'::bool[]) AS needs_admin, unnest(ARRAY[NULL, '-1 s', '1 s']::interval[]) AS rest`,
    now,
    user.id,
  );
  expect((await overview()).pool).toEqual({ unused: 2, assigned: 4, resting: 12, banned: 18 });
});

test("due is what was planned in the last day and not skipped, confirmed what of it was sent", async () => {
  const { slots, cycle } = await runningCycle(world, { sessions: 2, chats: ["-1001", "-1002", "-1003", "-1004"] });
  await query("UPDATE cycles SET started_at = $2 WHERE id = $1", cycle.id, ago(30 * HOUR));
  const set = ({ deliveryId }: Slot, state: string, planned: Date) =>
    query(
      `UPDATE deliveries SET state = $2::"DeliveryState", planned_at = $3, attempts = 1, tried_at = now(),
         outcome = CASE $2 WHEN 'sent' THEN 'sent' WHEN 'planned' THEN NULL ELSE 'unknown' END, settled_at = CASE WHEN $2 <> 'planned' THEN now() END WHERE id = $1`,
      deliveryId,
      state,
      planned,
    );
  const [a, b, c, d, e, f, g, h] = slots as [Slot, Slot, Slot, Slot, Slot, Slot, Slot, Slot];
  await set(a, "sent", now);
  await set(b, "sent", ago(-1));
  await set(c, "sent", ago(24 * HOUR));
  await set(d, "failed", ago(24 * HOUR - 1));
  await set(e, "planned", ago(HOUR));
  await set(f, "skipped", ago(HOUR));
  await set(g, "sent", ago(30 * HOUR));
  await set(h, "planned", ago(-HOUR));
  expect(await overview()).toMatchObject({ due: 3, confirmed: 1 });
});

test("the hours count by what came of a post, from the last day's beginning to now", async () => {
  const { slots } = await runningCycle(world, { sessions: 2, chats: ["-1001", "-1002", "-1003"] });
  const words = ["sent", "sent", "failed", "skipped", "sent", "sent"];
  const at = [now, ago(HOUR), ago(HOUR), ago(HOUR), ago(24 * HOUR), ago(-1)];
  for (const [n, { deliveryId }] of (slots as Slot[]).entries())
    await query(
      `UPDATE deliveries SET state = $2::"DeliveryState", outcome = CASE $2 WHEN 'sent' THEN 'sent' ELSE 'unknown' END, settled_at = $3,
         attempts = 1, tried_at = now() WHERE id = $1`,
      deliveryId,
      words[n],
      at[n],
    );
  const { hours } = await overview();
  expect(hours.slice(-2).map(({ sent, failed, skipped }) => [sent, failed, skipped])).toEqual([
    [1, 1, 1],
    [1, 0, 0],
  ]);
  expect(hours.reduce((sum, { sent }) => sum + sent, 0)).toBe(2);
});

test("an engine's running cycles are its own, and no others", async () => {
  await world.database.engines.boot("e1");
  await runningCycle(world, { chats: ["-1001"] });
  const [other, open] = [
    await runningCycle(world, { chats: ["-1002"] }),
    await runningCycle(world, { chats: ["-1003"] }),
  ];
  await query("UPDATE cycles SET engine_id = 'e2' WHERE id = $1", other.cycle.id);
  await query("UPDATE cycles SET state = 'open', engine_id = NULL WHERE id = $1", open.cycle.id);
  expect((await overview()).engines).toMatchObject([{ id: "e1", runningCycles: 1 }]);
});

test("an admin is called for a living account that is limited, and for one that a bot lost within the day", async () => {
  const user = await world.user();
  const sessions = await Promise.all(Array.from({ length: 6 }, world.session));
  const [limited, free, dead, lost, old, later] = sessions.map(({ id }) => id) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const die = (id: string, at: Date, userId: string | null) =>
    query(
      `UPDATE sessions SET place = 'banned', banned_at = $2, death_cause = 'spam', died_for_user_id = $3::uuid, reason = 'gone', needs_admin = $3::uuid IS NULL WHERE id = $1`,
      id,
      at,
      userId,
    );
  await query("UPDATE sessions SET needs_admin = true, reason = 'limited' WHERE id = $1", limited);
  await query("UPDATE sessions SET died_for_user_id = $2, banned_at = $3 WHERE id = $1", free, user.id, ago(HOUR));
  await die(dead, ago(HOUR), null);
  await die(lost, now, user.id);
  await die(old, ago(24 * HOUR), user.id);
  await die(later, ago(-1), user.id);
  const called = (await overview()).needsYou.filter(({ kind }) => kind === "session").map(({ id }) => id);
  expect(called).toEqual([limited, lost]);
});

test("an admin is called for a bot that the breaker stopped or that our own fault keeps, while that is so", async () => {
  const users = await Promise.all(Array.from({ length: 6 }, () => world.user()));
  const [breaker, byUser, running, faulty, over, stopped] = users;
  const set = (user: (typeof users)[0] | undefined, what: string) =>
    query(`UPDATE bots SET ${what} WHERE user_id = $1`, user?.id);
  const post = (user: (typeof users)[0] | undefined) =>
    query("INSERT INTO posts (bot_id, position, kind, content) VALUES ($1, 0, 'text', 'hi')", user?.bot.id);
  await Promise.all([post(running), post(faulty), post(over)]);
  await set(breaker, "stop_reason = 'breaker', stop_message = 'm'");
  await set(byUser, "stop_reason = 'user', stop_message = 'm'");
  await set(running, "status = 'running', stop_reason = 'breaker', faults = 0, retry_at = now() + interval '9 years'");
  await set(faulty, `status = 'running', stop_reason = NULL, faults = 2, retry_at = '${ago(599_000).toISOString()}'`);
  await set(over, `status = 'running', stop_reason = NULL, faults = 2, retry_at = '${ago(600_000).toISOString()}'`);
  await set(stopped, "stop_reason = 'user', faults = 2, retry_at = now() + interval '9 years'");
  const called = (await overview()).needsYou.filter(({ kind }) => kind === "bot").map(({ id }) => id);
  expect(called).toEqual([breaker?.id, faulty?.id]);
});

test("an admin is called while no API pair has a free seat, and not for one that is free", async () => {
  const kinds = async () => (await overview()).needsYou.map(({ kind }) => kind);
  expect(await kinds()).toEqual(["pool", "api_pair"]);
  await world.store.transaction((tx) =>
    tx.apiPairs.add({ apiId: 1, apiHash: "0".repeat(32), label: null, capacity: 1 }),
  );
  const { id } = await world.session();
  expect(await kinds()).toEqual([]);
  const user = await world.user();
  await query(
    "UPDATE sessions SET place = 'assigned', user_id = $2, api_pair_id = (SELECT id FROM api_pairs) WHERE id = $1",
    id,
    user.id,
  );
  await world.session();
  expect(await kinds()).toEqual(["api_pair"]);
});
