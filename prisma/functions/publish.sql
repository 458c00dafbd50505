-- Writes events and wakes their listeners. Ids are given out under a lock that is held to the commit, so that ids grow in
-- the order in which they become visible, and who reads "after id N" misses none. Call it last in a transaction.
-- `changes`: [{user_id | null, type, delivery_ids, log_ids}]
CREATE OR REPLACE FUNCTION herald_publish(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('herald.events'), 0);
  INSERT INTO events (user_id, type, delivery_ids, log_ids)
    SELECT c.user_id, c.type, coalesce(c.delivery_ids, '{}'), coalesce(c.log_ids, '{}')
    FROM jsonb_to_recordset(changes) AS c(user_id uuid, type "EventType", delivery_ids bigint[], log_ids bigint[]);
  -- "type:user id", and "pool:"
  PERFORM pg_notify('herald_events', c.what) FROM (
    SELECT DISTINCT (x ->> 'type') || ':' || coalesce(x ->> 'user_id', '') AS what FROM jsonb_array_elements(changes) AS x) AS c;
END $$;
