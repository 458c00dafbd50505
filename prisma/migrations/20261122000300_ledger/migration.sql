-- The ledger's one round trip: settlements first, then claims, in one transaction, set by set.
--
-- Locks. Settlements wait for rows, in the order cycles, deliveries, chats, sessions, groups, stats, and give way after a
-- moment: a deadlock with a service that locks in another order is the ledger's to yield, well before PostgreSQL looks for
-- it. Claims never wait: what another transaction holds is answered `busy`, and the caller asks again. So a service that
-- works long on one bot delays that bot alone, and two engines that claim the same chats cannot block each other.

-- The settings: loops over the indexes, planned once, whatever the planner knew of the tables' sizes at that time.
CREATE FUNCTION herald_settle(settlements jsonb, default_cooldown int) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan SET lock_timeout = '100ms' AS $$
DECLARE
  result jsonb;
BEGIN
  PERFORM FROM cycles
    WHERE id IN (SELECT (x ->> 'cycle')::uuid FROM jsonb_array_elements(settlements) x) ORDER BY id FOR SHARE;

  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(settlements) AS x(
      n int, settlement uuid, delivery bigint, cycle uuid, epoch int, session uuid, fence bigint, state "DeliveryState",
      outcome text, code text, message_id int, at timestamptz, wait_until timestamptz, level "LogLevel", text text,
      log_code text, log_session uuid, log_group uuid)
    ORDER BY delivery
  ), allowed AS MATERIALIZED (
    -- who may write what: the newest holder anything that is not final yet, and anyone the truth that it was sent
    SELECT g.*, d.user_id, d.group_id, d.chat_id, d.attempts
    FROM given g
    CROSS JOIN LATERAL (
      SELECT state, cycle_id, user_id, session_id, group_id, chat_id, attempts, settlement_id
      FROM deliveries WHERE id = g.delivery FOR NO KEY UPDATE) d
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
      wait_until = a.wait_until, settlement_id = a.settlement,
      settled_at = CASE WHEN a.state IN ('sent', 'failed') THEN a.at END
    FROM allowed a WHERE d.id = a.delivery
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
    UPDATE sessions s SET sent = s.sent + u.sent, last_used_at = greatest(s.last_used_at, u.at)
    FROM (SELECT session, count(*) FILTER (WHERE state = 'sent') AS sent, max(at) AS at FROM allowed GROUP BY session) u
    WHERE s.id = u.session
  ), counted AS (
    UPDATE groups g SET sent = g.sent + u.sent, failed = g.failed + u.failed, last_sent_at = greatest(g.last_sent_at, u.at)
    FROM (
      SELECT group_id, count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed,
        max(at) FILTER (WHERE state = 'sent') AS at
      FROM allowed WHERE state IN ('sent', 'failed') GROUP BY group_id
    ) u
    WHERE g.id = u.group_id
  ), tallied AS (
    INSERT INTO stats AS s (user_id, total_posts, total_success, total_failures, total_flood_waits, total_messages_sent,
                            last_activity)
    SELECT user_id, count(*) FILTER (WHERE state IN ('sent', 'failed')), count(*) FILTER (WHERE state = 'sent'),
      count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE outcome = 'flood_wait'),
      count(*) FILTER (WHERE state = 'sent'), max(at)
    FROM allowed GROUP BY user_id ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET
      total_posts = s.total_posts + excluded.total_posts, total_success = s.total_success + excluded.total_success,
      total_failures = s.total_failures + excluded.total_failures,
      total_flood_waits = s.total_flood_waits + excluded.total_flood_waits,
      total_messages_sent = s.total_messages_sent + excluded.total_messages_sent,
      last_activity = greatest(s.last_activity, excluded.last_activity)
  ), logged AS (
    INSERT INTO bot_log (user_id, at, level, text, code, session_id, group_id)
    SELECT user_id, at, level, text, log_code, log_session, log_group FROM allowed WHERE text IS NOT NULL ORDER BY n
    RETURNING id, user_id
  )
  SELECT jsonb_build_object(
    'written', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', n, 'user_id', user_id)), '[]') FROM allowed),
    'changes', (SELECT coalesce(jsonb_agg(c), '[]') FROM (
      SELECT user_id, array_agg(delivery) AS delivery_ids, (SELECT array_agg(id) FROM logged WHERE user_id = a.user_id) AS log_ids
      FROM allowed a GROUP BY user_id) c))
  INTO result;
  RETURN result;
END $$;

-- `send_window`: seconds that a place stays held, beyond the cool-down, for a claim that is never settled.
CREATE FUNCTION herald_claim(claims jsonb, default_cooldown int, send_window int) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan SET lock_timeout = '100ms' AS $$
DECLARE
  moment timestamptz;
  result jsonb;
BEGIN
  INSERT INTO chats (id, title)
    SELECT DISTINCT (x ->> 'chat')::bigint, '' FROM jsonb_array_elements(claims) x
    WHERE NOT EXISTS (SELECT FROM chats WHERE id = (x ->> 'chat')::bigint) ORDER BY 1
    ON CONFLICT DO NOTHING;
  moment := clock_timestamp();

  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(claims) AS x(
      n int, delivery bigint, chat bigint, cycle uuid, epoch int, session uuid, fence bigint)
  ), judged AS MATERIALIZED (
    SELECT g.n, g.delivery, g.chat, known.user_id, known.group_id, d.state, ch.reserved_by,
      moment + make_interval(secs => coalesce(ch.cooldown, default_cooldown)) AS cooled,
      s.resting_until, p.wait_until AS pair_wait_until, ch.reserved_until,
      coalesce(ch.cooldown, default_cooldown) > 0 AS cools,
      CASE
        WHEN known.user_id IS NULL THEN 'lost'
        WHEN d.id IS NULL OR b.user_id IS NULL OR c.id IS NULL OR ch.id IS NULL THEN 'busy'
        WHEN d.state NOT IN ('planned', 'sending') THEN 'settled'
        WHEN b.status <> 'running' OR c.state <> 'running' OR c.epoch <> g.epoch OR d.cycle_id <> g.cycle
          OR d.session_id <> g.session OR s.user_id IS DISTINCT FROM d.user_id OR s.needs_admin
          OR l.fence IS DISTINCT FROM g.fence OR l.expires_at IS NULL OR l.expires_at <= moment THEN 'lost'
        WHEN ch.opted_out THEN 'opted_out'
        -- one that was tried may stand in the group already: only Telegram can say
        WHEN d.state = 'planned' AND (gr.state IS DISTINCT FROM 'active' OR p.retired) THEN 'group_retired'
        WHEN s.resting_until > moment THEN 'session_resting'
        WHEN p.wait_until > moment THEN 'slow_mode'
        WHEN ch.reserved_until > moment AND ch.reserved_by <> d.id AND coalesce(ch.cooldown, default_cooldown) > 0
          THEN 'cooldown'
        ELSE 'go'
      END AS verdict
    FROM given g
    -- without locks: whether the rows are there at all
    LEFT JOIN LATERAL (
      SELECT d.user_id, d.group_id FROM deliveries d JOIN bots b USING (user_id) WHERE d.id = g.delivery) known ON true
    LEFT JOIN LATERAL (
      SELECT user_id, status FROM bots WHERE user_id = known.user_id FOR SHARE SKIP LOCKED) b ON true
    LEFT JOIN LATERAL (
      SELECT id, state, epoch FROM cycles WHERE id = g.cycle FOR SHARE SKIP LOCKED) c ON true
    LEFT JOIN LATERAL (
      SELECT id, state, cycle_id, session_id, user_id FROM deliveries WHERE id = g.delivery FOR NO KEY UPDATE SKIP LOCKED) d ON true
    LEFT JOIN LATERAL (
      SELECT id, cooldown, opted_out, reserved_by, reserved_until FROM chats WHERE id = g.chat FOR NO KEY UPDATE SKIP LOCKED) ch ON true
    LEFT JOIN session_leases l ON l.session_id = g.session
    LEFT JOIN sessions s ON s.id = g.session
    LEFT JOIN groups gr ON gr.id = known.group_id
    LEFT JOIN group_pairs p ON p.session_id = g.session AND p.group_id = known.group_id
  ), ranked AS MATERIALIZED (
    SELECT j.*, CASE
      WHEN verdict = 'go' AND cools AND row_number() OVER (
        PARTITION BY chat, verdict ORDER BY (reserved_by IS NOT DISTINCT FROM delivery) DESC, n) > 1 THEN 'cooldown'
      ELSE verdict END AS word
    FROM judged j
  ), answered AS MATERIALIZED (
    -- a place is held for longer than the cool-down until its send is settled: come back when it should be
    SELECT r.*, CASE word
      WHEN 'session_resting' THEN resting_until WHEN 'slow_mode' THEN pair_wait_until
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
    WHERE d.id = a.delivery AND a.word NOT IN ('lost', 'busy', 'settled')
      AND (a.until IS NULL OR (a.word, a.until) IS DISTINCT FROM (d.outcome, d.wait_until))
    RETURNING d.id, d.user_id, d.group_id, d.state
  ), reserved AS (
    UPDATE chats ch SET reserved_by = a.delivery, reserved_until = a.cooled + make_interval(secs => send_window)
    FROM answered a WHERE ch.id = a.chat AND a.word = 'go' AND a.cools
  ), failed AS (
    UPDATE groups g SET failed = g.failed + 1 FROM written w WHERE w.state = 'failed' AND g.id = w.group_id
  ), tallied AS (
    UPDATE stats s SET total_posts = s.total_posts + w.failed, total_failures = s.total_failures + w.failed
    FROM (SELECT user_id, count(*) AS failed FROM written WHERE state = 'failed' GROUP BY user_id) w
    WHERE s.user_id = w.user_id
  )
  SELECT jsonb_build_object(
    'answers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'n', n, 'word', word, 'until', until, 'was', state) ORDER BY n), '[]')
      FROM answered),
    'changes', (SELECT coalesce(jsonb_agg(c), '[]') FROM (
      SELECT user_id, array_agg(id) AS delivery_ids FROM written GROUP BY user_id) c))
  INTO result;
  RETURN result;
END $$;

-- settlements: [{n, settlement, delivery, cycle, epoch, session, fence, state, outcome, code, message_id, at, wait_until,
-- level, text, log_code, log_session, log_group}], at most one a delivery; claims: [{n, delivery, chat, cycle, epoch,
-- session, fence}]. Answers {written: [{n, user_id}], answers: [{n, word, until, was}]}.
CREATE FUNCTION herald_ledger(settlements jsonb, claims jsonb, default_cooldown int, send_window int) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  settled jsonb := '{"written": [], "changes": []}';
  claimed jsonb := '{"answers": [], "changes": []}';
  changes jsonb;
BEGIN
  IF jsonb_array_length(settlements) > 0 THEN settled := herald_settle(settlements, default_cooldown); END IF;
  IF jsonb_array_length(claims) > 0 THEN claimed := herald_claim(claims, default_cooldown, send_window); END IF;

  -- one event a user
  SELECT jsonb_agg(jsonb_build_object('user_id', user_id, 'type', 'progress', 'delivery_ids', delivery_ids, 'log_ids', log_ids))
  INTO changes
  FROM (
    SELECT x ->> 'user_id' AS user_id,
      jsonb_agg(DISTINCT id) FILTER (WHERE kind = 'delivery_ids') AS delivery_ids,
      jsonb_agg(DISTINCT id) FILTER (WHERE kind = 'log_ids') AS log_ids
    FROM jsonb_array_elements((settled -> 'changes') || (claimed -> 'changes')) x
    CROSS JOIN LATERAL (
      SELECT 'delivery_ids' AS kind, id FROM jsonb_array_elements(nullif(x -> 'delivery_ids', 'null')) AS id
      UNION ALL
      SELECT 'log_ids', id FROM jsonb_array_elements(nullif(x -> 'log_ids', 'null')) AS id) ids
    GROUP BY 1
  ) u;
  IF changes IS NOT NULL THEN PERFORM herald_publish(changes); END IF;
  RETURN jsonb_build_object('written', settled -> 'written', 'answers', claimed -> 'answers');
END $$;
