-- What was settled in these days, counted anew from the deliveries. Writes only what differs, so that an hour in which
-- nothing happened writes nothing. A day has rows of several months where a delivery was settled in the month after its
-- own: what is counted of months that are dropped stays as it is.
CREATE OR REPLACE FUNCTION herald_roll_up(from_day date, to_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  months int[] := ARRAY(SELECT month FROM herald_delivery_months());
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('herald.daily_counts'), 0);
  -- ids from before months were in them count as month 0
  IF EXISTS (SELECT FROM deliveries WHERE id < 1::bigint << 40) THEN months := months || 0; END IF;
  WITH counted AS MATERIALIZED (
    SELECT d.bot_id, d.user_id, (d.settled_at AT TIME ZONE zone)::date AS day, d.group_id, d.session_id, d.state, d.outcome,
      coalesce(d.code, '') AS code, (d.id >> 40)::int AS month, count(*)::int AS count,
      (array_agg(d.group_name ORDER BY d.id DESC))[1] AS group_name, (array_agg(d.session_name ORDER BY d.id DESC))[1] AS session_name
    FROM users u
    -- in whose time the day is
    CROSS JOIN LATERAL (SELECT 'UTC' AS zone) z
    -- by user, because that is what the index knows
    CROSS JOIN LATERAL (
      SELECT * FROM deliveries
      WHERE user_id = u.id AND settled_at >= from_day::timestamp AT TIME ZONE zone
        AND settled_at < (to_day + 1)::timestamp AT TIME ZONE zone) d
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ), gone AS (
    DELETE FROM daily_counts c WHERE c.day BETWEEN from_day AND to_day AND c.month = ANY (months)
      AND NOT EXISTS (
        SELECT FROM counted n WHERE (n.bot_id, n.day, n.group_id, n.session_id, n.state, n.outcome, n.code, n.month)
          = (c.bot_id, c.day, c.group_id, c.session_id, c.state, c.outcome, c.code, c.month))
  )
  INSERT INTO daily_counts AS c
    (bot_id, user_id, day, group_id, session_id, state, outcome, code, month, group_name, session_name, count)
  SELECT bot_id, user_id, day, group_id, session_id, state, outcome, code, month, group_name, session_name, count FROM counted
  ON CONFLICT (bot_id, day, group_id, session_id, state, outcome, code, month) DO UPDATE
    SET count = excluded.count, group_name = excluded.group_name, session_name = excluded.session_name
    WHERE (c.count, c.group_name, c.session_name) IS DISTINCT FROM (excluded.count, excluded.group_name, excluded.session_name);
END $$;

-- Rolls up since the newest day that was rolled up, and two days before it: a settlement is dated by its answer, and is
-- written later where PostgreSQL was away. What comes later still is counted when its month is dropped.
CREATE OR REPLACE FUNCTION herald_roll_up_recent() RETURNS void LANGUAGE sql AS $$
  SELECT herald_roll_up(
    least(coalesce((SELECT max(day) FROM daily_counts), (SELECT (min(settled_at) AT TIME ZONE 'UTC')::date FROM deliveries), today),
          today) - 2,
    today + 1)
  FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS today) t
$$;
