-- The running bots whose posts are due while nothing of theirs was settled for more than a minute beyond the delay between
-- two posts: since when, and how many. What a wait of Telegram's or a cool-down holds is not due, and neither is what a
-- resting account has; what is asked again after no answer is. The one definition, for health and pages. Cheap: only running
-- cycles are looked at, and by their counters only those that have something open, which spares the others' deliveries.
CREATE OR REPLACE FUNCTION herald_unconfirmed(moment timestamptz, of_user uuid DEFAULT NULL)
RETURNS TABLE (user_id uuid, since timestamptz, due int) LANGUAGE sql STABLE AS $$
  SELECT c.user_id, greatest(late.oldest, settled.next), late.due
  FROM cycles c
  JOIN bots b ON b.id = c.bot_id AND b.status = 'running'
  CROSS JOIN LATERAL (
    SELECT max(d.settled_at) + make_interval(secs => c.delay_between_posts) AS next FROM deliveries d WHERE d.user_id = c.user_id
  ) settled
  CROSS JOIN LATERAL (
    SELECT min(at) AS oldest, count(*)::int AS due
    FROM (
      SELECT greatest(d.planned_at, d.tried_at, CASE WHEN d.outcome IS DISTINCT FROM 'unknown' THEN d.wait_until END,
        s.resting_until, CASE WHEN g.chat_id IS NULL THEN s.lookups_wait_until END) AS at
      FROM deliveries d
      JOIN sessions s ON s.id = d.session_id AND s.user_id = c.user_id AND NOT s.needs_admin
      LEFT JOIN groups g ON g.id = d.group_id
      WHERE d.cycle_id = c.id AND d.state IN ('planned', 'sending') AND d.planned_at <= moment
    ) x
    WHERE at <= moment
  ) late
  WHERE c.state = 'running' AND c.planned + c.sending > 0 AND (of_user IS NULL OR c.user_id = of_user)
    AND coalesce(settled.next < moment - interval '60 seconds', true) AND late.oldest < moment - interval '60 seconds'
$$;
