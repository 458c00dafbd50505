import { OutcomeKind } from "@herald/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runningCycle } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
  await runningCycle(world, { chats: ["-1001"] });
  await world.session();
  await world.store.transaction((tx) =>
    tx.apiPairs.add({ apiId: 1, apiHash: "0".repeat(32), label: null, capacity: 1 }),
  );
});
afterAll(() => world.close());

test.each([
  ["users_email_lower", "UPDATE users SET email = 'A@b.c'"],
  ["users_plan_whole", "UPDATE users SET plan_type = 'STARTER'"],
  ["users_plan_expiry", "UPDATE users SET plan_expires_at = now()"],
  ["users_plan_limits", "UPDATE users SET plan_type = 'STARTER', max_sessions = 0, max_groups = 1"],
  ["posts_position", "UPDATE posts SET position = -1"],
  ["posts_entities", "UPDATE posts SET entities = '{}'"],
  ["posts_options", "UPDATE posts SET options = '[]'"],
  [
    "posts_bot_id_position_key",
    "INSERT INTO posts (bot_id, position, kind, content) SELECT bot_id, position, kind, content FROM posts",
  ],
  [
    "sign_ins_user_agent_is_short",
    "INSERT INTO sign_ins (user_id, expires_at, user_agent) SELECT id, now(), repeat('x', 401) FROM users",
  ],
  [
    "sign_ins_address_is_short",
    "INSERT INTO sign_ins (user_id, expires_at, address) SELECT id, now(), repeat('x', 65) FROM users",
  ],
  ["users_time_zone", "UPDATE users SET time_zone = ''"],
  [
    "audit_log_system_is_nobody",
    "INSERT INTO audit_log (actor_kind, actor_name, action, target_kind, target_id) VALUES ('user', 'Ada', 'x', 'bot', 'b')",
  ],
  [
    "audit_log_key_is_named",
    "INSERT INTO audit_log (actor_kind, actor_id, actor_name, action, target_kind, target_id) VALUES ('api_key', gen_random_uuid(), 'Ada', 'x', 'bot', 'b')",
  ],
  [
    "opt_outs_revoked_whole",
    "INSERT INTO opt_outs (id, chat_id, by_kind, by_name, revoked_at) SELECT gen_random_uuid(), id, 'system', 'x', now() FROM chats",
  ],
  [
    "opt_outs_one_open",
    "INSERT INTO opt_outs (id, chat_id, by_kind, by_name) SELECT gen_random_uuid(), id, 'system', 'x' FROM chats, generate_series(1, 2)",
  ],
  ["bots_total_cycle_minutes", "UPDATE bots SET total_cycle_minutes = 0"],
  ["bots_delay_between_posts", "UPDATE bots SET delay_between_posts = -1"],
  ["bots_delay_between_cycles", "UPDATE bots SET delay_between_cycles = -1"],
  ["bots_session_count", "UPDATE bots SET session_count = 0"],
  ["stats_never_negative", "UPDATE stats SET total_posts = -1"],
  ["groups_position", "UPDATE groups SET position = -1"],
  ["groups_counters", "UPDATE groups SET sent = -1"],
  ["groups_retired_has_reason", "UPDATE groups SET state = 'retired'"],
  ["chats_cooldown", "UPDATE chats SET cooldown = -1"],
  ["chats_reservation_whole", "UPDATE chats SET reserved_until = now()"],
  ["api_pairs_capacity", "UPDATE api_pairs SET capacity = 0"],
  ["api_pairs_api_id", "UPDATE api_pairs SET api_id = 0"],
  ["sessions_assigned_has_user", "UPDATE sessions SET user_id = NULL WHERE place = 'assigned'"],
  [
    "sessions_assigned_has_user",
    `UPDATE sessions SET user_id = (SELECT user_id FROM bots LIMIT 1) WHERE place = 'unused'`,
  ],
  [
    "sessions_pair_only_assigned",
    "UPDATE sessions SET api_pair_id = (SELECT id FROM api_pairs) WHERE place = 'unused'",
  ],
  ["sessions_banned_has_cause", "UPDATE sessions SET place = 'banned' WHERE place = 'unused'"],
  ["sessions_sent", "UPDATE sessions SET sent = -1"],
  ["session_leases_whole", "UPDATE session_leases SET expires_at = NULL"],
  ["session_leases_fence", "UPDATE session_leases SET fence = -1"],
  ["chats_migrated_elsewhere", "UPDATE chats SET migrated_to = id"],
  ["groups_topic", "UPDATE groups SET topic_id = -1"],
  [
    "session_chats_topic",
    "INSERT INTO session_chats (session_id, chat_id, topic_id) SELECT s.id, c.id, -1 FROM sessions s, chats c LIMIT 1",
  ],
  [
    "session_chats_of_the_chat",
    "INSERT INTO session_chats (session_id, chat_id, topic_id, access_hash) SELECT s.id, c.id, 5, 1 FROM sessions s, chats c LIMIT 1",
  ],
  [
    "session_chats_refusal_whole",
    "INSERT INTO session_chats (session_id, chat_id, refused_at) SELECT s.id, c.id, now() FROM sessions s, chats c LIMIT 1",
  ],
  [
    "groups_one_a_place",
    "INSERT INTO groups (id, bot_id, user_id, reference, position, chat_id) SELECT gen_random_uuid(), bot_id, user_id, '@x', 9, chat_id FROM groups LIMIT 1",
  ],
  ["cycles_number", "UPDATE cycles SET number = 0"],
  ["cycles_epoch", "UPDATE cycles SET epoch = -1"],
  ["cycles_starter_has_length", "UPDATE cycles SET execution_mode = 'starter'"],
  ["cycles_delay", "UPDATE cycles SET delay_between_posts = -1"],
  ["cycles_ended", "UPDATE cycles SET ended_at = now()"],
  ["cycles_engine_only_running", "UPDATE cycles SET state = 'open'"],
  [
    "cycles_one_unfinished",
    "INSERT INTO cycles (id, bot_id, user_id, number, execution_mode, post_type, post_content, delay_between_posts, started_at) SELECT gen_random_uuid(), bot_id, user_id, number + 1, execution_mode, post_type, post_content, 0, now() FROM cycles",
  ],
  ["deliveries_final_is_settled", "UPDATE deliveries SET settled_at = now()"],
  ["deliveries_final_has_outcome", "UPDATE deliveries SET state = 'failed', settled_at = now()"],
  ["deliveries_sent_is_sent", "UPDATE deliveries SET outcome = 'sent'"],
  ["deliveries_outcome", "UPDATE deliveries SET outcome = 'bored'"],
  [
    "daily_counts_outcome",
    `INSERT INTO daily_counts (bot_id, user_id, day, group_id, session_id, state, outcome, code, month, count)
     SELECT bot_id, user_id, now(), group_id, session_id, state, 'bored', '', 0, 1 FROM deliveries`,
  ],
  ["deliveries_sending_was_tried", "UPDATE deliveries SET state = 'sending'"],
  [
    "deliveries_skipped_never_tried",
    "UPDATE deliveries SET state = 'skipped', outcome = 'opted_out', settled_at = now(), attempts = 1",
  ],
  ["cycles_counters", "UPDATE cycles SET sent = -1"],
  ["deliveries_attempts", "UPDATE deliveries SET attempts = -1"],
  ["events_pool_is_for_admins", "INSERT INTO events (user_id, type) SELECT user_id, 'pool' FROM bots LIMIT 1"],
])("%s: %s", async (constraint, statement) => {
  await expect(world.sql.query(statement)).rejects.toMatchObject({ constraint });
});

test.each([
  "UPDATE sessions SET place = 'banned', banned_at = now(), death_cause = 'bored' WHERE place = 'unused'",
  "INSERT INTO events (user_id, type) SELECT user_id, 'weather' FROM bots LIMIT 1",
  "UPDATE bots SET stop_reason = 'bored'",
])("only words of the vocabulary: %s", async (statement) => {
  await expect(world.sql.query(statement)).rejects.toThrow("invalid input value for enum");
});

test.each(["deliveries", "daily_counts"])(
  "every outcome that there is can be written to %s, and is checked of all rows",
  async (table) => {
    const { rows } = await world.sql.query(
      "SELECT convalidated AS valid, pg_get_constraintdef(oid) AS words FROM pg_constraint WHERE conname = $1 || '_outcome'",
      [table],
    );
    expect(new Set(rows.map(({ valid }) => valid))).toEqual(new Set([true]));
    for (const { words } of rows)
      expect([...words.matchAll(/'(\w+)'/g)].map(([, word]) => word).sort()).toEqual([...OutcomeKind.options].sort());
  },
);

test("a new user has a bot and counters", async () => {
  const user = await world.user();
  expect(await world.database.views.bot(user.id)).toMatchObject({
    status: "stopped",
    stopReason: "never_started",
    stats: { totalPosts: 0 },
    cycle: null,
  });
});
