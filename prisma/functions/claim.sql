-- `send_window`: seconds that a place stays held, beyond the cool-down, for a claim that is never settled.
CREATE OR REPLACE FUNCTION herald_claim(claims jsonb, default_cooldown int, send_window int) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan SET lock_timeout = '100ms' AS $$
DECLARE
  -- months that ended before it are left out before a statement begins; no upper bound, for a range would tempt the planner
  first_id bigint;
  moment timestamptz;
  result jsonb;
BEGIN
  -- not above, with the others: PostgreSQL lets nobody but a superuser say there what it does not know
  PERFORM set_config('herald.counted_by', 'the ledger', true);
  SELECT min((x ->> 'delivery')::bigint) INTO first_id FROM jsonb_array_elements(claims) x;
  moment := clock_timestamp();

  WITH given AS MATERIALIZED (
    -- a chat that became another is asked for as what it is now
    SELECT x.n, x.delivery, coalesce(former.migrated_to, x.chat) AS chat, x.topic, x.cycle, x.epoch, x.session, x.fence
    FROM jsonb_to_recordset(claims) AS x(
      n int, delivery bigint, chat bigint, topic int, cycle uuid, epoch int, session uuid, fence bigint)
    LEFT JOIN LATERAL (SELECT migrated_to FROM chats WHERE id = x.chat) former ON true
  ), judged AS MATERIALIZED (
    SELECT g.n, g.delivery, g.chat, d.state, ch.reserved_by,
      moment + make_interval(secs => coalesce(ch.cooldown, default_cooldown)) AS cooled,
      s.resting_until, f.wait_until AS chat_wait_until, ch.reserved_until,
      coalesce(ch.cooldown, default_cooldown) > 0 AS cools,
      CASE
        WHEN d.id IS NULL OR b.id IS NULL OR c.id IS NULL OR ch.id IS NULL THEN CASE
          -- without locks: whether there is such a row at all
          WHEN EXISTS (SELECT FROM deliveries WHERE id = g.delivery AND id >= first_id AND cycle_id = g.cycle) THEN 'busy'
          ELSE 'lost' END
        WHEN d.state NOT IN ('planned', 'sending') THEN 'settled'
        WHEN b.status <> 'running' OR c.state <> 'running' OR c.epoch <> g.epoch OR d.cycle_id <> g.cycle
          OR d.session_id <> g.session OR s.user_id IS DISTINCT FROM d.user_id OR s.needs_admin
          OR l.fence IS DISTINCT FROM g.fence OR l.expires_at IS NULL OR l.expires_at <= moment THEN 'lost'
        WHEN ch.opted_out THEN 'opted_out'
        -- one that was tried may stand in the group already: only Telegram can say
        WHEN d.state = 'planned' AND (gr.state IS DISTINCT FROM 'active' OR f.refuses) THEN 'group_retired'
        WHEN herald_session_rests(s.needs_admin, s.resting_until, moment) THEN 'session_resting'
        WHEN f.wait_until > moment THEN 'slow_mode'
        WHEN ch.reserved_until > moment AND ch.reserved_by <> d.id AND coalesce(ch.cooldown, default_cooldown) > 0
          THEN 'cooldown'
        ELSE 'go'
      END AS verdict
    FROM given g
    LEFT JOIN LATERAL (
      SELECT id, bot_id, state, epoch, post_type, post_content FROM cycles WHERE id = g.cycle FOR NO KEY UPDATE SKIP LOCKED) c ON true
    LEFT JOIN LATERAL (
      SELECT id, status FROM bots WHERE id = c.bot_id FOR SHARE SKIP LOCKED) b ON true
    LEFT JOIN LATERAL (
      SELECT id, state, cycle_id, session_id, user_id, group_id FROM deliveries
      WHERE id = g.delivery AND id >= first_id FOR NO KEY UPDATE SKIP LOCKED) d ON true
    LEFT JOIN LATERAL (
      SELECT id, cooldown, opted_out, reserved_by, reserved_until FROM chats WHERE id = g.chat FOR NO KEY UPDATE SKIP LOCKED) ch ON true
    LEFT JOIN session_leases l ON l.session_id = g.session
    LEFT JOIN sessions s ON s.id = g.session
    LEFT JOIN groups gr ON gr.id = d.group_id
    LEFT JOIN LATERAL (
      SELECT max(x.wait_until) AS wait_until, bool_or(herald_refuses(
        x.refused_at, x.ask_again_at, x.refused_post, c.post_type, c.post_content, moment)) AS refuses
      FROM session_chats x WHERE x.session_id = g.session AND x.chat_id = g.chat AND x.topic_id IN (0, g.topic)) f ON true
  ), ranked AS MATERIALIZED (
    SELECT j.*, CASE
      WHEN verdict = 'go' AND cools AND row_number() OVER (
        PARTITION BY chat, verdict ORDER BY (reserved_by IS NOT DISTINCT FROM delivery) DESC, n) > 1 THEN 'cooldown'
      ELSE verdict END AS word
    FROM judged j
  ), answered AS MATERIALIZED (
    -- a place is held for longer than the cool-down until its send is settled: come back when it should be
    SELECT r.*, CASE word
      WHEN 'session_resting' THEN resting_until WHEN 'slow_mode' THEN chat_wait_until
      WHEN 'cooldown' THEN least(CASE WHEN verdict = 'cooldown' THEN reserved_until END, cooled) END AS until
    FROM ranked r
  ), written AS (
    UPDATE deliveries d SET
      chat_id = a.chat,
      state = CASE WHEN a.word = 'go' THEN 'sending'
        WHEN a.word IN ('opted_out', 'group_retired') THEN CASE d.state WHEN 'planned' THEN 'skipped' ELSE 'failed' END
        ELSE d.state::text END::"DeliveryState",
      attempts = d.attempts + (a.word = 'go')::int,
      tried_at = CASE WHEN a.word = 'go' THEN coalesce(d.tried_at, moment) ELSE d.tried_at END,
      -- one that was tried and is not asked again may stand in the chat: nobody knows
      outcome = CASE WHEN a.word = 'go' THEN NULL
        WHEN a.word = 'opted_out' AND d.state = 'sending' THEN 'unknown' ELSE a.word END,
      code = NULL,
      wait_until = a.until,
      settled_at = CASE WHEN a.word IN ('opted_out', 'group_retired') THEN moment END
    FROM answered a
    WHERE d.id = a.delivery AND d.id >= first_id AND a.word NOT IN ('lost', 'busy', 'settled')
      AND (a.word, a.until) IS DISTINCT FROM (d.outcome, d.wait_until)
    RETURNING d.id, d.cycle_id, d.bot_id, d.user_id, d.group_id, d.state, a.state AS former
  ), reserved AS (
    UPDATE chats ch SET reserved_by = a.delivery, reserved_until = a.cooled + make_interval(secs => send_window)
    FROM answered a WHERE ch.id = a.chat AND a.word = 'go' AND a.cools
  ), failed AS (
    UPDATE groups g SET failed = g.failed + 1 FROM written w WHERE w.state = 'failed' AND g.id = w.group_id
  ), tallied AS (
    UPDATE stats s SET total_posts = s.total_posts + w.failed, total_failures = s.total_failures + w.failed
    FROM (SELECT bot_id, count(*) AS failed FROM written WHERE state = 'failed' GROUP BY bot_id) w
    WHERE s.bot_id = w.bot_id
  )
  SELECT jsonb_build_object(
    'answers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'n', n, 'word', word, 'until', until, 'was', state) ORDER BY n), '[]')
      FROM answered),
    'changes', (SELECT coalesce(jsonb_agg(c), '[]') FROM (
      SELECT user_id, array_agg(id) AS delivery_ids FROM written GROUP BY user_id) c),
    'moved', (SELECT coalesce(jsonb_agg(c), '[]') FROM (
      SELECT cycle_id AS cycle, former, state, count(*) AS n FROM written WHERE state <> former GROUP BY 1, 2, 3) c))
  INTO result;
  -- a chat without a row reads as one in other hands: it is made for the next time, and the hot path does not ask
  IF result -> 'answers' @> '[{"word": "busy"}]' THEN
    INSERT INTO chats (id, title)
      SELECT (x ->> 'chat')::bigint, '' FROM jsonb_array_elements(claims) x
      WHERE NOT EXISTS (SELECT FROM chats WHERE id = (x ->> 'chat')::bigint) ORDER BY 1
      ON CONFLICT DO NOTHING;
  END IF;
  PERFORM set_config('herald.counted_by', '', true);
  RETURN result;
END $$;
