-- The settings: loops over the indexes, planned once, whatever the planner knew of the tables' sizes at that time.
CREATE OR REPLACE FUNCTION herald_settle(settlements jsonb, default_cooldown int) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan SET lock_timeout = '100ms' AS $$
DECLARE
  -- months that ended before it are left out before a statement begins; no upper bound, for a range would tempt the planner
  first_id bigint;
  result jsonb;
BEGIN
  -- not above, with the others: PostgreSQL lets nobody but a superuser say there what it does not know
  PERFORM set_config('herald.counted_by', 'the ledger', true);
  SELECT min((x ->> 'delivery')::bigint) INTO first_id FROM jsonb_array_elements(settlements) x;
  PERFORM FROM cycles
    WHERE id IN (SELECT (x ->> 'cycle')::uuid FROM jsonb_array_elements(settlements) x) ORDER BY id FOR NO KEY UPDATE;

  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(settlements) AS x(
      n int, settlement uuid, delivery bigint, cycle uuid, epoch int, session uuid, fence bigint, state "DeliveryState",
      outcome text, code text, message_id int, random_id bigint, at timestamptz, wait_until timestamptz, level "LogLevel", text text,
      log_code text, log_session uuid, log_group uuid,
      learned text, topic int, until timestamptz, reason text, of_post boolean)
    ORDER BY delivery
  ), allowed AS MATERIALIZED (
    -- who may write what: the newest holder anything that is not final yet, and anyone the truth that it was sent
    SELECT g.*, d.bot_id, d.user_id, d.group_id, d.chat_id, d.attempts, d.state AS former
    FROM given g
    CROSS JOIN LATERAL (
      SELECT state, cycle_id, bot_id, user_id, session_id, group_id, chat_id, attempts, settlement_id
      FROM deliveries WHERE id = g.delivery AND id >= first_id FOR NO KEY UPDATE) d
    CROSS JOIN LATERAL (SELECT epoch FROM cycles WHERE id = d.cycle_id) c
    LEFT JOIN LATERAL (SELECT fence FROM session_leases WHERE session_id = d.session_id) l ON true
    WHERE d.settlement_id IS DISTINCT FROM g.settlement AND d.cycle_id = g.cycle AND d.session_id = g.session
      AND CASE
        WHEN g.state = 'sent' THEN d.state = 'sending'
        WHEN c.epoch IS DISTINCT FROM g.epoch OR l.fence IS DISTINCT FROM g.fence THEN false
        WHEN d.state = 'sending' THEN true
        ELSE d.state = 'planned' AND g.state IN ('planned', 'failed')
      END
  ), written AS (
    UPDATE deliveries d SET
      state = a.state, outcome = a.outcome, code = a.code, message_id = coalesce(a.message_id, d.message_id),
      random_id = coalesce(a.random_id, d.random_id),
      wait_until = a.wait_until, settlement_id = a.settlement,
      settled_at = CASE WHEN a.state IN ('sent', 'failed') THEN a.at END
    FROM allowed a WHERE d.id = a.delivery AND d.id >= first_id
  ), held AS MATERIALIZED (
    SELECT ch.id FROM chats ch WHERE ch.id IN (SELECT chat_id FROM allowed) ORDER BY ch.id FOR NO KEY UPDATE
  ), reserved AS (
    -- the cool-down counts from the post, and by this server's clock: the answer came before now. A place that came to
    -- no post is free again, but where an earlier try may have made one.
    UPDATE chats ch SET
      reserved_until = CASE WHEN r.posted IS NULL THEN NULL
        ELSE greatest(CASE WHEN r.posted AND ch.reserved_by = r.delivery THEN NULL ELSE ch.reserved_until END,
                      now() + make_interval(secs => coalesce(ch.cooldown, default_cooldown))) END,
      reserved_by = CASE WHEN r.posted IS NULL THEN NULL
        WHEN ch.reserved_by IS NULL OR ch.reserved_until < now() THEN r.delivery ELSE ch.reserved_by END
    FROM (
      SELECT DISTINCT ON (chat_id) chat_id, delivery,
        CASE WHEN state = 'sent' THEN true WHEN state = 'sending' OR attempts > 1 THEN false END AS posted
      FROM allowed WHERE chat_id IN (SELECT id FROM held)
      ORDER BY chat_id, array_position('{sent,sending,failed,planned}'::text[], state::text)
    ) r
    WHERE ch.id = r.chat_id AND (r.posted IS NOT NULL OR ch.reserved_by IN (SELECT delivery FROM allowed))
  ), used AS (
    -- a longer rest that is there already stays
    UPDATE sessions s SET sent = s.sent + u.sent, last_used_at = greatest(s.last_used_at, u.at),
      resting_until = greatest(s.resting_until, u.rests_until), lookups_wait_until = greatest(s.lookups_wait_until, u.lookups_until),
      reason = CASE WHEN u.rests_until IS NULL THEN s.reason ELSE u.rest_reason END,
      code = CASE WHEN u.rests_until IS NULL THEN s.code ELSE u.rest_code END
    FROM (
      SELECT session, count(*) FILTER (WHERE state = 'sent') AS sent, max(at) AS at,
        max(until) FILTER (WHERE learned = 'rest') AS rests_until, max(until) FILTER (WHERE learned = 'lookups') AS lookups_until,
        max(reason) FILTER (WHERE learned = 'rest') AS rest_reason, max(code) FILTER (WHERE learned = 'rest') AS rest_code
      FROM allowed GROUP BY session
    ) u
    WHERE s.id = u.session AND s.place <> 'banned'
  ), counted AS (
    UPDATE groups g SET sent = g.sent + u.sent, failed = g.failed + u.failed, last_sent_at = greatest(g.last_sent_at, u.at)
    FROM (
      SELECT group_id, count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed,
        max(at) FILTER (WHERE state = 'sent') AS at
      FROM allowed WHERE state IN ('sent', 'failed') GROUP BY group_id
    ) u
    WHERE g.id = u.group_id
  ), tallied AS (
    INSERT INTO stats AS s (bot_id, user_id, total_posts, total_success, total_failures, total_flood_waits,
                            total_messages_sent, last_activity)
    SELECT bot_id, user_id, count(*) FILTER (WHERE state IN ('sent', 'failed')), count(*) FILTER (WHERE state = 'sent'),
      count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE outcome = 'flood_wait'),
      count(*) FILTER (WHERE state = 'sent'), max(at)
    FROM allowed GROUP BY bot_id, user_id ORDER BY bot_id
    ON CONFLICT (bot_id) DO UPDATE SET
      total_posts = s.total_posts + excluded.total_posts, total_success = s.total_success + excluded.total_success,
      total_failures = s.total_failures + excluded.total_failures,
      total_flood_waits = s.total_flood_waits + excluded.total_flood_waits,
      total_messages_sent = s.total_messages_sent + excluded.total_messages_sent,
      last_activity = greatest(s.last_activity, excluded.last_activity)
  ), logged AS (
    INSERT INTO bot_log (bot_id, user_id, at, level, text, code, session_id, group_id)
    SELECT bot_id, user_id, at, level, text, log_code, log_session, log_group FROM allowed WHERE text IS NOT NULL ORDER BY n
    RETURNING id, user_id
  )
  SELECT jsonb_build_object(
    'written', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', n, 'user_id', user_id)), '[]') FROM allowed),
    'rested', (SELECT coalesce(jsonb_agg(DISTINCT user_id), '[]') FROM allowed WHERE learned = 'rest'),
    'changes', (SELECT coalesce(jsonb_agg(c), '[]') FROM (
      SELECT user_id, array_agg(delivery) AS delivery_ids, (SELECT array_agg(id) FROM logged WHERE user_id = a.user_id) AS log_ids
      FROM allowed a GROUP BY user_id) c),
    'moved', (SELECT coalesce(jsonb_agg(c), '[]') FROM (
      SELECT cycle, former, state, count(*) AS n FROM allowed WHERE state <> former GROUP BY 1, 2, 3) c),
    'facts', (SELECT jsonb_agg(jsonb_build_object(
      'session', session, 'chat', chat_id, 'topic', topic, 'user', user_id, 'group', group_id, 'cycle', cycle, 'learned', learned,
      'at', at, 'until', until, 'code', code, 'reason', reason, 'of_post', of_post) ORDER BY n)
      FROM allowed WHERE learned IS NOT NULL))
  INTO result;
  IF jsonb_typeof(result -> 'facts') = 'array' THEN PERFORM herald_learn(result -> 'facts'); END IF;
  PERFORM set_config('herald.counted_by', '', true);
  RETURN result;
END $$;
