import { afterEach, beforeEach, expect, test } from "vitest";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
const prune = () => world.database.prune({ olderThanDays: 30, signal: new AbortController().signal });

test("what is young stays beside what is pruned", async () => {
  const user = await world.user();
  const { id } = await world.session();
  for (const days of [40, 0])
    await query(
      `WITH line AS (INSERT INTO bot_log (bot_id, user_id, at, level, text) VALUES ($1, $2, now() - $3 * interval '1 day', 'info', $3::text)),
         told AS (INSERT INTO events (user_id, type, at) VALUES ($2, 'bot', now() - $3 * interval '1 day'))
       INSERT INTO session_events (session_id, kind, at, code) VALUES ($4, 'checked', now() - $3 * 3 * interval '1 day', $3::text)`,
      user.bot.id,
      user.id,
      days,
      id,
    );
  await query(`INSERT INTO engines (id, started_at, seen_at) VALUES
    ('gone', now() - interval '50 days', now() - interval '40 days'), ('works', now() - interval '50 days', now())`);
  expect(await prune()).toMatchObject({ logs: 1, events: 1, sessionEvents: 1 });
  expect(await query("SELECT text FROM bot_log")).toEqual([{ text: "0" }]);
  expect(await query("SELECT at > now() - interval '1 day' AS young FROM events WHERE type = 'bot'")).toEqual([
    { young: true },
  ]);
  expect(await query("SELECT code FROM session_events WHERE kind = 'checked'")).toEqual([{ code: "0" }]);
  expect(await query("SELECT id FROM engines")).toEqual([{ id: "works" }]);
});

test("a cycle goes that is over for long, is not its bot's newest, and has no delivery left", async () => {
  const [one, other] = [await world.user(), await world.user()];
  const cycle = async (user: typeof one, number: number, days: number | null) =>
    (
      await query(
        `INSERT INTO cycles (id, bot_id, user_id, number, state, execution_mode, post_type, post_content, delay_between_posts, started_at, ended_at)
         VALUES (gen_random_uuid(), $1, $2, $3, $4, 'enterprise', 'text', 'hi', 0, now(), now() - $5 * interval '1 day') RETURNING id`,
        user.bot.id,
        user.id,
        number,
        days === null ? "open" : "finished",
        days,
      )
    )[0].id;
  await query("SELECT herald_add_delivery_month(now())");
  const kept = await cycle(one, 1, 40);
  await query(
    `INSERT INTO deliveries (cycle_id, bot_id, user_id, session_id, group_id, random_id, planned_at)
     SELECT id, bot_id, user_id, gen_random_uuid(), gen_random_uuid(), 1, now() FROM cycles WHERE id = $1`,
    kept,
  );
  await cycle(one, 2, 40);
  const young = await cycle(one, 3, 20);
  const newest = await cycle(one, 4, 40);
  const only = await cycle(other, 1, 40);
  expect(await prune()).toMatchObject({ cycles: 1 });
  const left = (await query("SELECT id FROM cycles")).map(({ id }) => id).sort();
  expect(left).toEqual([kept, young, newest, only].sort());
});

test("a sign-in goes a month after it is over, however it ended", async () => {
  const { id } = await world.user();
  for (const [agent, ended, expires] of [
    ["left long ago", 31, 27],
    ["ran out long ago", null, 31],
    ["left lately", 29, 27],
    ["ran out lately", null, 29],
    ["goes on", null, -1],
  ])
    await query(
      `INSERT INTO sign_ins (user_id, user_agent, ended_at, expires_at)
       VALUES ($1, $2, now() - $3 * interval '1 day', now() - $4 * interval '1 day')`,
      id,
      agent,
      ended,
      expires,
    );
  await world.database.prune({ olderThanDays: 365, signal: new AbortController().signal });
  const left = (await query("SELECT user_agent FROM sign_ins")).map((row) => row.user_agent).sort();
  expect(left).toEqual(["goes on", "left lately", "ran out lately"]);
});
