-- One engine's word that it works, and what it has to know of the others, in one round trip. `held` are the cycles that it
-- runs, with their epochs; of the cycles that nobody runs it is told `most` at a time.
-- Answers {lost: [cycle id], untaken: [{botId, userId, number}], untakenCount, running, engines}.
CREATE OR REPLACE FUNCTION herald_pulse(engine text, held uuid[], epochs int[], most int) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  working text[];
  result jsonb;
BEGIN
  UPDATE engines SET seen_at = clock_timestamp() WHERE id = engine;
  -- whoever asks works, also in the moment in which it has not got its lock back
  working := ARRAY(SELECT id FROM herald_engines_working() UNION SELECT engine);

  WITH unfinished AS MATERIALIZED (
    SELECT id, bot_id, user_id, number, state, epoch, engine_id FROM cycles WHERE state IN ('running', 'open')
  ), untaken AS MATERIALIZED (
    -- handed back, of an engine that is gone or frozen, or ours by a commit whose answer was lost
    SELECT c.bot_id, c.user_id, c.number
    FROM unfinished c JOIN bots b ON b.id = c.bot_id
    WHERE c.state = 'running' AND b.status = 'running' AND (b.retry_at IS NULL OR b.retry_at <= clock_timestamp())
      AND CASE
        WHEN c.engine_id = engine THEN c.id NOT IN (SELECT unnest(held))
        ELSE c.engine_id IS NULL OR c.engine_id <> ALL (working)
      END
    UNION ALL
    -- the next cycle of a bot whose job is gone: those that are there have had two seconds
    SELECT b.id, b.user_id, (SELECT coalesce(max(number), 0) + 1 FROM cycles WHERE bot_id = b.id)
    FROM bots b
    WHERE b.status = 'running' AND b.next_cycle_at <= clock_timestamp() - interval '2 seconds'
      AND (b.retry_at IS NULL OR b.retry_at <= clock_timestamp())
      AND NOT EXISTS (SELECT FROM unfinished WHERE bot_id = b.id)
  )
  SELECT jsonb_build_object(
    'lost', (
      SELECT coalesce(jsonb_agg(h.id), '[]') FROM unnest(held, epochs) AS h(id, epoch)
      LEFT JOIN unfinished c ON c.id = h.id AND c.epoch = h.epoch AND c.engine_id = engine
      WHERE c.id IS NULL),
    'untaken', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('botId', bot_id, 'userId', user_id, 'number', number)), '[]')
      FROM (SELECT * FROM untaken LIMIT most) u),
    'untakenCount', (SELECT count(*) FROM untaken),
    'running', (SELECT count(*) FROM unfinished WHERE engine_id = ANY (working)),
    'engines', cardinality(working))
  INTO result;
  RETURN result;
END $$;
