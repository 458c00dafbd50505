import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createFormerDatabase } from "@herald/scripts/former-database";
import { migrate } from "@herald/scripts/migrate";
import { createTestDatabase } from "@herald/scripts/test-database";
import { eventually } from "@herald/testing/scene";
import { expect, onTestFinished, test } from "vitest";
import { runningCycle } from "./cycle.ts";
import { servicesOver } from "./services.ts";
import { openWorld } from "./world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs Prisma's command line on the database. */
function prisma(url: string, ...args: string[]) {
  const cli = createRequire(`${ROOT}/package.json`).resolve("prisma/build/index.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

test("a migrated database is left as it is, and is what the schema says", async () => {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  expect(prisma(url, "migrate", "deploy")).toMatchObject({
    status: 0,
    output: expect.stringContaining("No pending migrations"),
  });
  const diff = ["migrate", "diff", "--from-config-datasource", "--to-schema", "prisma/schema.prisma", "--exit-code"];
  expect(prisma(url, ...diff)).toMatchObject({ status: 0 });
}, 60_000);

test("a migration that was cut off leaves nothing, and is applied at the next try", async () => {
  const { url, query, drop } = await createFormerDatabase("20261122000500_session_files");
  onTestFinished(drop);
  // as `prisma migrate deploy` leaves one that was killed
  await query(
    "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('cut off', 'x', '20261125000000_session_chats')",
  );
  // it waits there, in the middle of its script
  await query("BEGIN; LOCK TABLE bot_log");
  const cut = new AbortController();
  const migrating = expect(migrate(url, cut.signal)).rejects.toThrow("cut off");
  await eventually(async () => (await query("SELECT FROM pg_locks WHERE NOT granted")).length > 0);
  cut.abort(new Error("cut off"));
  await migrating;
  await query("ROLLBACK");

  await migrate(url);
  expect(prisma(url, "migrate", "deploy")).toMatchObject({
    status: 0,
    output: expect.stringContaining("No pending migrations"),
  });
}, 60_000);

test("a database that is missing is made", async () => {
  const { url, drop } = await createTestDatabase();
  await drop();
  onTestFinished(drop);
  await migrate(url);
  await (await openWorld({}, url)).close();
});

/** The last migration of the version before facts hung on sessions and chats. */
const BEFORE_FACTS = "20261122000500_session_files";

/** A database as the version whose last migration is `last` left it, filled by `rows`, and then brought to this one. */
async function upgraded(last: string, rows: string) {
  const database = await createFormerDatabase(last);
  onTestFinished(database.drop);
  await database.query(rows);
  await database.upgrade();
  const world = await openWorld({}, database.url);
  onTestFinished(() => world.close());
  return world;
}

const ADA = "019a0000-0000-7000-8000-000000000001";
const OPEN = "019a0000-0000-7000-8000-000000000004";

test("a database of the first migration with rows in it is brought to the last", async () => {
  const world = await upgraded(
    "20261122000000_tables",
    `
    INSERT INTO users (id, email, name, password_hash) VALUES ('${ADA}', 'ada@example.org', 'Ada', 'h');
    INSERT INTO api_pairs (id, api_id, api_hash) VALUES (gen_random_uuid(), 1, 'x');
    INSERT INTO sessions (id, label, file_name, fingerprint) VALUES (gen_random_uuid(), 'a', 'a', 'f');
    INSERT INTO groups (id, user_id, reference, position, title) VALUES
      ('019a0000-0000-7000-8000-000000000003', '${ADA}', '@shop', 0, 'The shop');
    INSERT INTO cycles (id, user_id, number, state, execution_mode, post_type, post_content, delay_between_posts, started_at, ended_at) VALUES
      ('019a0000-0000-7000-8000-000000000002', '${ADA}', 1, 'finished', 'enterprise', 'text', 'hi', 0, now(), now()),
      ('${OPEN}', '${ADA}', 2, 'open', 'enterprise', 'text', 'hi', 0, now(), NULL);
    INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, random_id, planned_at, state, outcome, settled_at, attempts, tried_at, message_id)
      SELECT id, user_id, gen_random_uuid(), gen_random_uuid(), 1, now(), 'sent', 'sent', now(), 1, now(), 9 FROM cycles;
    INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, random_id, planned_at)
      SELECT c.id, c.user_id, s.id, g.id, 2, now() FROM cycles c, sessions s, groups g WHERE number = 2`,
  );
  const { views } = world.database;
  expect(await views.bot(ADA)).toMatchObject({
    status: "stopped",
    cycle: { state: "open", counts: { planned: 1, sending: 0, sent: 1, failed: 0, skipped: 0 } },
  });
  expect(await views.users()).toMatchObject([{ email: "ada@example.org" }]);

  // the open cycle's deliveries are where they were, and the next cycle's beside them
  const [open] = await world.store.transaction((tx) => tx.cycles.openDeliveries(OPEN));
  expect(open).toMatchObject({ id: "3", state: "planned", randomId: 2n });
  await world.store.transaction((tx) => tx.cycles.skip(["3"], "bot_changed", new Date()));
  expect(await views.slots(ADA, OPEN)).toMatchObject([
    { id: "2", groupName: null, sessionName: null, messageLink: null },
    { id: "3", state: "skipped", groupName: "The shop", sessionName: "a" },
  ]);
  expect(await views.bot(ADA)).toMatchObject({
    cycle: { counts: { planned: 0, sent: 1, skipped: 1 } },
  });
  const { deliveries } = await runningCycle(world, { chats: ["-1001"] });
  expect(BigInt(deliveries[0]?.id ?? 0) & ((1n << 40n) - 1n)).toBe(4n);
  expect(await world.database.prune({ olderThanDays: 1, signal: new AbortController().signal })).toMatchObject({
    months: 0,
  });
  const { rows } = await world.sql.query("SELECT month, sum(count)::int AS count FROM daily_counts GROUP BY 1");
  expect(rows).toEqual([{ month: 0, count: 3 }]);
});

test("waits, refusals and peers of the version before hang on sessions and chats afterwards", async () => {
  const session = "019a0000-0000-7000-8000-0000000000a1";
  const group = (n: number) => `019a0000-0000-7000-8000-0000000000b${n}`;
  const world = await upgraded(
    BEFORE_FACTS,
    `
    INSERT INTO users (id, email, name, password_hash) VALUES ('${ADA}', 'ada@example.org', 'Ada', 'h');
    INSERT INTO sessions (id, label, file_name, fingerprint, place, user_id) VALUES ('${session}', '@a', 'a', 'f', 'assigned', '${ADA}');
    INSERT INTO chats (id, title, opted_out, cooldown) VALUES (-1001000000001, 'One', false, 5), (-1001000000002, 'Two', true, NULL);
    INSERT INTO groups (id, user_id, reference, position, chat_id) VALUES
      ('${group(1)}', '${ADA}', '@one', 0, -1001000000001),
      ('${group(2)}', '${ADA}', '@two', 1, -1001000000002),
      ('${group(3)}', '${ADA}', '-1001000000001', 2, -1001000000001),
      ('${group(4)}', '${ADA}', '+invitation1', 3, NULL),
      ('${group(5)}', '${ADA}', '@two/7', 4, -1001000000002);
    INSERT INTO session_peers (session_id, reference, type, peer_id, access_hash) VALUES
      ('${session}', '@one', 'channel', 1000000001, 11), ('${session}', '@source', 'channel', 1000000009, 99),
      ('${session}', '-55', 'chat', 55, NULL);
    INSERT INTO group_pairs (session_id, group_id, retired, wait_until, reason, code, at) VALUES
      ('${session}', '${group(1)}', false, '2030-01-01', NULL, 'SLOWMODE_WAIT_60', now()),
      ('${session}', '${group(2)}', true, NULL, 'writing is not allowed there', 'CHAT_WRITE_FORBIDDEN', '2026-11-01'),
      ('${session}', '${group(4)}', true, NULL, 'the invite link has expired', 'INVITE_HASH_EXPIRED', '2026-11-01');`,
  );
  await world.store.transaction(async (tx) => {
    const groups = await tx.groups.list((await tx.bots.lockOfUser(ADA)).id);
    expect(groups.map(({ reference, state, code }) => [reference, state, code])).toEqual([
      ["@one", "active", null],
      ["@two", "active", null],
      ["-1001000000001", "retired", "SAME_CHAT_TWICE"],
      ["+invitation1", "active", null],
      ["@two/7", "active", null],
    ]);
    const targets = await tx.sessionChats.targets(
      session,
      groups.map(({ id }) => id),
    );
    expect(targets.get(group(1))).toMatchObject({
      chatId: "-1001000000001",
      peer: { id: "1000000001", accessHash: "11" },
    });
    // whether its chat has topics is not known
    expect(targets.get(group(5))).toMatchObject({ placed: false, peer: null });
    expect(await tx.sessionChats.peer(session, "@source")).toEqual({
      type: "channel",
      id: "1000000009",
      accessHash: "99",
    });
    expect(await tx.sessionChats.peer(session, "-55")).toEqual({ type: "chat", id: "55", accessHash: null });
    const post = { type: "text", content: "hi" } as const;
    // a refusal that can pass has an end now; it has passed
    expect(await tx.sessionChats.refusals(ADA, [session], post, new Date("2026-11-01T12:00:00Z"))).toEqual(
      expect.arrayContaining([
        { sessionId: session, groupId: group(2), until: new Date("2026-11-02T00:00:00Z"), lasting: false },
        { sessionId: session, groupId: group(4), until: null, lasting: true },
      ]),
    );
    expect(await tx.sessionChats.refusals(ADA, [session], post, new Date("2026-11-03"))).toMatchObject([
      { groupId: group(4) },
    ]);
  });
  // to remove one wakes the twin, and nobody stands in its place
  await world.store.transaction(async (tx) => {
    const bot = await tx.bots.lockOfUser(ADA);
    expect(await tx.groups.remove(bot.id, [group(2)])).toBe(1);
    expect((await tx.groups.list(bot.id)).map(({ state, chatId }) => [state, chatId])).toEqual([
      ["active", "-1001000000001"],
      ["active", null],
      ["active", null],
      ["active", null],
    ]);
  });
  const { rows } = await world.sql.query("SELECT chat_id, wait_until FROM session_chats WHERE wait_until IS NOT NULL");
  expect(rows).toEqual([{ chat_id: "-1001000000001", wait_until: new Date("2030-01-01T00:00:00Z") }]);
});

test("bots of the version before keep all that they have, and a mode only where somebody chose one", async () => {
  const database = await createFormerDatabase("20261125000300_cycles_without_a_worker");
  onTestFinished(database.drop);
  // a plan, a mode, and whether the bot ever started: the mode that is left
  const cases = [
    ["STARTER", "enterprise", false, null],
    ["STARTER", "enterprise", true, "enterprise"],
    ["STARTER", "starter", true, null],
    ["ENTERPRISE", "starter", false, "starter"],
    ["ENTERPRISE", "enterprise", true, null],
    [null, "starter", true, "starter"],
    [null, "enterprise", false, null],
  ] as const;
  for (const [index, [plan, mode, started]] of cases.entries()) {
    const limits = plan === null ? null : 1;
    const [user] = await database.query<{ id: string }>(
      `INSERT INTO users (id, email, name, password_hash, plan_type, max_sessions, max_groups)
       VALUES (gen_random_uuid(), $1, 'Ada', 'h', $2, $3, $3) RETURNING id`,
      [`${index}@example.org`, plan, limits],
    );
    await database.query(
      `UPDATE bots SET execution_mode = $2, started_at = CASE WHEN $3 THEN now() END, post_type = 'text',
         post_content = 'hello', stop_reason = 'breaker', breaker_tripped_at = now() WHERE user_id = $1`,
      [user?.id, mode, started],
    );
  }
  await database.query(`
    UPDATE stats SET total_posts = 7, total_success = 7;
    INSERT INTO groups (id, user_id, reference, position) SELECT gen_random_uuid(), id, '@a', 0 FROM users;
    INSERT INTO bot_log (user_id, level, text) SELECT id, 'info', 'Posting started.' FROM users;
    INSERT INTO events (user_id, type) SELECT id, 'bot' FROM users;
    INSERT INTO sessions (id, label, file_name, fingerprint, place, banned_at, death_cause)
      VALUES (gen_random_uuid(), 'a', 'a', 'f', 'banned', now(), 'spam');
    INSERT INTO cycles (id, user_id, number, state, execution_mode, post_type, post_content, delay_between_posts, started_at)
      SELECT gen_random_uuid(), id, 1, 'open', 'enterprise', 'text', 'hello', 0, now() FROM users;
    INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, random_id, planned_at)
      SELECT c.id, c.user_id, gen_random_uuid(), g.id, 1, now() FROM cycles c JOIN groups g USING (user_id)`);
  await database.upgrade();
  const rows = await database.query<Record<string, unknown>>(`
    SELECT b.execution_mode::text AS mode, b.stop_reason::text AS reason, p.content, c.post_id = p.id AS linked, s.total_posts,
      (SELECT count(*)::int FROM groups WHERE bot_id = b.id) AS groups, (SELECT count(*)::int FROM bot_log WHERE bot_id = b.id) AS lines,
      (SELECT count(*)::int FROM deliveries WHERE bot_id = b.id AND cycle_id = c.id) AS deliveries
    FROM users u JOIN bots b ON b.user_id = u.id JOIN posts p ON p.bot_id = b.id JOIN cycles c ON c.bot_id = b.id
    JOIN stats s ON s.bot_id = b.id ORDER BY u.email`);
  const kept = {
    reason: "breaker",
    content: "hello",
    linked: true,
    total_posts: 7,
    groups: 1,
    lines: 1,
    deliveries: 1,
  };
  expect(rows).toEqual(cases.map(([, , , mode]) => ({ ...kept, mode })));
});

test("API keys and opt-outs of the version before become rows, and hold as they did", async () => {
  const hash = createHash("sha256").update("hk_of_old").digest("hex");
  const world = await upgraded(
    BEFORE_FACTS,
    `
    INSERT INTO users (id, email, name, password_hash, api_key_hash, api_key_hint)
      VALUES ('${ADA}', 'ada@example.org', 'Ada', 'h', '${hash}', '_old');
    INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), 'eve@example.org', 'Eve', 'h');
    INSERT INTO chats (id, title, opted_out) VALUES (-1001, 'out', true), (-1002, 'in', false)`,
  );
  const { users, access, chats } = servicesOver(world);
  expect(await access.byApiKey("hk_of_old")).toMatchObject({ user: { email: "ada@example.org", timeZone: "UTC" } });
  expect(await access.byApiKey("hk_of_new")).toBeNull();
  expect((await users.viewer(ADA)).apiKeyHint).toBe("_old");
  // one that nobody posts to and that has no rule of its own is not listed
  expect((await chats.list()).chats).toMatchObject([{ id: "-1001", optedOut: true }]);
  const { rows } = await world.sql.query("SELECT scopes::text FROM api_keys");
  expect(rows).toEqual([{ scopes: "{full}" }]);
  expect((await world.sql.query("SELECT id, opted_out FROM chats ORDER BY id")).rows).toEqual([
    { id: "-1002", opted_out: false },
    { id: "-1001", opted_out: true },
  ]);
}, 30_000);
