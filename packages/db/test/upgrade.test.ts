import { createFormerDatabase, type FormerDatabase } from "@herald/scripts/former-database";
import { expect, onTestFinished, test } from "vitest";
import { openWorld } from "./world.ts";

/** The last migration of the version before. */
const LAST_MIGRATION = "20261122000500_session_files";

/**
 * Six users in both modes, three accounts and five groups each over chats that they share, as the version before left them
 * when it was killed: two cycles behind each, a third that runs (of the fifth it is open, the sixth has none), and in it
 * deliveries in every state.
 */
const ROWS = `
  INSERT INTO users (id, email, name, password_hash, plan_type, max_sessions, max_groups, api_key_hash, api_key_hint)
    SELECT gen_random_uuid(), u || '@example.org', 'User ' || u, 'h', (CASE u % 2 WHEN 0 THEN 'STARTER' ELSE 'ENTERPRISE' END)::"PlanType",
      3, 5, 'hash ' || u, 'hint' FROM generate_series(1, 6) u;
  CREATE TEMPORARY VIEW people AS SELECT id AS user_id, left(email, 1)::int AS u, plan_type = 'STARTER' AS starter FROM users;
  UPDATE bots b SET status = 'running', started_at = now(), post_type = 'text', post_content = 'hello ' || p.u,
    execution_mode = (CASE WHEN p.starter THEN 'starter' ELSE 'enterprise' END)::"ExecutionMode"
    FROM people p WHERE p.user_id = b.user_id;
  INSERT INTO engines (id, started_at) VALUES ('engine', now());
  INSERT INTO sessions (id, label, file_name, telegram_user_id, fingerprint, place, user_id, resting_until, code)
    SELECT gen_random_uuid(), format('@a%s_%s', u, s), 'a', u * 10 + s, format('f%s_%s', u, s), 'assigned', user_id,
      CASE s WHEN 2 THEN now() + interval '1 hour' END, CASE s WHEN 2 THEN 'FLOOD_WAIT_3600' END
    FROM people, generate_series(0, 2) s;
  INSERT INTO session_leases (session_id, engine_id, fence, expires_at) SELECT id, 'engine', 3, now() + interval '10 s' FROM sessions;
  INSERT INTO chats (id, title, opted_out, cooldown, reserved_until, reserved_by)
    SELECT -1001000000000 - c, 'Chat ' || c, c IN (2, 5), CASE c WHEN 3 THEN 90 END, CASE c WHEN 4 THEN now() + interval '1 minute' END,
      CASE c WHEN 4 THEN 1 END FROM generate_series(1, 10) c;
  INSERT INTO groups (id, user_id, reference, position, title, chat_id)
    SELECT gen_random_uuid(), user_id, '@chat_' || c, g, 'Chat ' || c, -1001000000000 - c
    FROM people, generate_series(0, 4) g, LATERAL (SELECT (u + g) % 10 + 1 AS c) x;
  INSERT INTO session_peers (session_id, reference, type, peer_id, access_hash)
    SELECT s.id, g.reference, 'channel', -1000000000000 - g.chat_id, s.telegram_user_id * 100000 + g.position
    FROM sessions s JOIN groups g USING (user_id);
  INSERT INTO group_pairs (session_id, group_id, retired, wait_until, reason, code)
    SELECT s.id, g.id, false, now() + make_interval(mins => g.position + 1), NULL, 'SLOWMODE_WAIT_60'
    FROM sessions s JOIN groups g USING (user_id) WHERE s.label LIKE '%0' AND g.position IN (0, 3)
    UNION ALL SELECT s.id, g.id, true, NULL, 'writing is not allowed there', 'CHAT_WRITE_FORBIDDEN'
    FROM sessions s JOIN groups g USING (user_id) WHERE s.label LIKE '%1' AND g.position IN (1, 3);
  INSERT INTO cycles (id, user_id, number, state, epoch, engine_id, execution_mode, post_type, post_content, delay_between_posts,
      total_cycle_minutes, started_at, ended_at)
    SELECT gen_random_uuid(), user_id, n, x.state::"CycleState", 2, CASE x.state WHEN 'running' THEN 'engine' END, b.execution_mode,
      b.post_type, b.post_content, 0, CASE WHEN starter THEN 60 END, now() - make_interval(hours => 4 - n),
      CASE x.state WHEN 'finished' THEN now() - make_interval(hours => 3 - n) END
    FROM people JOIN bots b USING (user_id), generate_series(1, 3) n,
      LATERAL (SELECT CASE WHEN n < 3 OR u = 6 THEN 'finished' WHEN u = 5 THEN 'open' ELSE 'running' END AS state) x;
  -- in STARTER each account posts to each group, in ENTERPRISE one of them
  INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, chat_id, random_id, planned_at, state, outcome, code, message_id,
      attempts, tried_at, wait_until, settled_at)
    SELECT c.id, user_id, s.id, g.id, CASE x.state WHEN 'planned' THEN NULL ELSE g.chat_id END, row_number() OVER (), c.started_at, x.state::"DeliveryState",
      CASE x.state WHEN 'sent' THEN 'sent' WHEN 'failed' THEN 'group_refused' WHEN 'skipped' THEN 'opted_out' END,
      CASE x.state WHEN 'failed' THEN 'CHAT_WRITE_FORBIDDEN' END, CASE x.state WHEN 'sent' THEN 9 END,
      (x.state IN ('sent', 'failed', 'sending'))::int, CASE WHEN x.state IN ('sent', 'failed', 'sending') THEN c.started_at END,
      CASE WHEN x.state = 'planned' AND g.position = 3 THEN now() + interval '4 minutes' END,
      CASE WHEN x.state IN ('sent', 'failed', 'skipped') THEN c.started_at + interval '1 s' END
    FROM people JOIN cycles c USING (user_id) JOIN sessions s USING (user_id) JOIN groups g USING (user_id),
      LATERAL (SELECT (ARRAY['sent', 'failed', 'skipped', 'sending', 'planned'])[1 + (g.position + u + ascii(right(s.label, 1))) % 
        (CASE c.state WHEN 'finished' THEN 3 ELSE 5 END)] AS state) x
    WHERE starter OR right(s.label, 1)::int = g.position % 3;
  UPDATE groups g SET sent = n.sent, failed = n.failed FROM (
    SELECT group_id, count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed
    FROM deliveries GROUP BY 1) n WHERE n.group_id = g.id;
  UPDATE stats s SET total_posts = n.sent + n.failed, total_success = n.sent, total_failures = n.failed, total_messages_sent = n.sent
    FROM (SELECT user_id, sum(sent) AS sent, sum(failed) AS failed FROM groups GROUP BY 1) n WHERE n.user_id = s.user_id;`;

/** What neither version may say otherwise, by the same question to both. */
const SAME = {
  deliveries: `SELECT id, cycle_id, user_id, session_id, group_id, chat_id, random_id, planned_at, state, outcome, code, message_id,
    attempts, tried_at, wait_until, settled_at FROM deliveries ORDER BY id`,
  cycles: `SELECT id, user_id, number, state, epoch, engine_id, execution_mode, post_type, post_content, total_cycle_minutes,
    started_at, ended_at FROM cycles ORDER BY id`,
  stats: "SELECT user_id, total_posts, total_success, total_failures, total_messages_sent FROM stats ORDER BY user_id",
  groups: "SELECT id, user_id, reference, position, chat_id, state, sent, failed FROM groups ORDER BY id",
  chats: "SELECT id, title, cooldown, opted_out, reserved_until, reserved_by FROM chats ORDER BY id",
  sessions:
    "SELECT id, place, user_id, resting_until, code, fence FROM sessions JOIN session_leases ON session_id = id ORDER BY id",
} as const;

/** What is kept in other tables since, as [of the version before, of this one]. */
const MOVED = {
  waits: [
    "SELECT session_id, chat_id, wait_until FROM group_pairs p JOIN groups g ON g.id = group_id WHERE wait_until IS NOT NULL",
    "SELECT session_id, chat_id, wait_until FROM session_chats WHERE wait_until IS NOT NULL",
  ],
  refusals: [
    "SELECT session_id, chat_id, p.code, p.reason FROM group_pairs p JOIN groups g ON g.id = group_id WHERE retired",
    "SELECT session_id, chat_id, refused_code AS code, refused_reason AS reason FROM session_chats WHERE refused_at IS NOT NULL",
  ],
  peers: [
    "SELECT session_id, reference, -1000000000000 - peer_id AS chat_id, access_hash FROM session_peers",
    "SELECT session_id, reference, chat_id, access_hash FROM session_chats JOIN chat_references USING (chat_id)",
  ],
  optOuts: ["SELECT id AS chat_id FROM chats WHERE opted_out", "SELECT chat_id FROM opt_outs WHERE revoked_at IS NULL"],
  apiKeys: [
    "SELECT id AS user_id, api_key_hash AS hash, api_key_hint AS hint FROM users",
    "SELECT user_id, hash, hint FROM api_keys WHERE revoked_at IS NULL",
  ],
  posts: [
    "SELECT user_id, post_type AS kind, post_content AS content FROM bots WHERE post_type IS NOT NULL",
    "SELECT user_id, kind, content FROM posts p JOIN bots b ON b.id = bot_id",
  ],
} as const;

async function read({ query }: FormerDatabase, version: 0 | 1) {
  const found: Record<string, unknown[]> = {};
  for (const [name, question] of Object.entries(SAME)) found[name] = await query(question);
  for (const [name, questions] of Object.entries(MOVED))
    found[name] = await query(`SELECT * FROM (${questions[version]}) x ORDER BY x::text`);
  return found;
}

test("many users with open cycles keep each delivery, wait, refusal, opt-out and peer, and what is counted of them is what there is", async () => {
  const database = await createFormerDatabase(LAST_MIGRATION);
  onTestFinished(database.drop);
  await database.query(ROWS);
  const before = await read(database, 0);
  for (const rows of Object.values(before)) expect(rows).not.toEqual([]);
  await database.upgrade();
  expect(await read(database, 1)).toEqual(before);

  await database.query("SELECT herald_roll_up_recent()");
  const counted = await database.query(
    `SELECT (SELECT count(*)::int FROM cycles) AS cycles, (SELECT count(*)::int FROM cycles c WHERE (planned, sending, sent, failed, skipped) = (
         SELECT count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'sending'), count(*) FILTER (WHERE state = 'sent'),
           count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'skipped') FROM deliveries WHERE cycle_id = c.id)) AS right,
       (SELECT jsonb_object_agg(state, n) FROM (SELECT state, sum(count) AS n FROM daily_counts GROUP BY 1) x) AS rolled,
       (SELECT jsonb_object_agg(state, n) FROM (SELECT state, count(*) AS n FROM deliveries WHERE settled_at IS NOT NULL GROUP BY 1) x) AS settled`,
  );
  expect(counted).toMatchObject([{ cycles: 18, right: 18 }]);
  expect(counted[0]?.rolled).toEqual(counted[0]?.settled);

  // each of the open cycles has its open deliveries, and every bot its plan's mode
  const world = await openWorld({}, database.url);
  onTestFinished(() => world.close());
  const open = await database.query<{ cycle: string; user: string; deliveries: string[] }>(
    `SELECT c.id AS cycle, c.user_id AS user, array_agg(d.id::text ORDER BY d.id) AS deliveries FROM cycles c
     JOIN deliveries d ON d.cycle_id = c.id WHERE c.state <> 'finished' AND d.state IN ('planned', 'sending') GROUP BY 1, 2`,
  );
  expect(open).toHaveLength(5);
  for (const { cycle, user, deliveries } of open) {
    const found = await world.store.transaction((tx) => tx.cycles.openDeliveries(cycle));
    expect(found.map(({ id }) => id).sort()).toEqual(deliveries.sort());
    const counts = { planned: 0, sending: 0 };
    for (const { state } of found) if (state === "planned" || state === "sending") counts[state] += 1;
    expect(await world.database.views.bot(user)).toMatchObject({ cycle: { id: cycle, counts } });
  }
});
