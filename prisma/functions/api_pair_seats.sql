-- The seats of an API pair. The pair's row is locked before counting, so that two who take the last seat come one after
-- the other, and the second counts the first.
CREATE OR REPLACE FUNCTION herald_check_api_pair_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  seats int;
  taken int;
BEGIN
  -- the rule's name stands in the message too: not every client hands on the constraint's
  SELECT capacity INTO seats FROM api_pairs WHERE id = NEW.api_pair_id FOR NO KEY UPDATE;
  SELECT count(*) INTO taken FROM sessions WHERE api_pair_id = NEW.api_pair_id;
  IF taken >= seats THEN
    RAISE EXCEPTION 'api_pairs_seats: API pair % holds its % sessions already', NEW.api_pair_id, seats
      USING ERRCODE = 'check_violation', CONSTRAINT = 'api_pairs_seats', TABLE = 'api_pairs';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION herald_check_api_pair_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM sessions WHERE api_pair_id = NEW.id) > NEW.capacity THEN
    RAISE EXCEPTION 'api_pairs_seats: API pair % holds more than % sessions', NEW.id, NEW.capacity
      USING ERRCODE = 'check_violation', CONSTRAINT = 'api_pairs_seats', TABLE = 'api_pairs';
  END IF;
  RETURN NEW;
END $$;

-- Locks pairs that have so many seats left between them, the least used first, and answers which. Starts that come together
-- take other pairs each instead of waiting for one another: what another transaction holds gets a seat just now, so it is
-- not the least used any more. Where those that nobody holds are too few, waits for all of them.
CREATE OR REPLACE FUNCTION herald_lock_seats(wanted int) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[];
BEGIN
  BEGIN
    -- no more pairs than seats: each of them has one
    ids := ARRAY(
      SELECT p.id FROM api_pairs p WHERE (SELECT count(*) FROM sessions WHERE api_pair_id = p.id) < p.capacity
      ORDER BY (SELECT count(*) FROM sessions WHERE api_pair_id = p.id), p.added_at, p.id
      LIMIT wanted FOR UPDATE SKIP LOCKED);
    -- counted anew: between the look and the lock another may have committed
    IF (SELECT coalesce(sum(greatest(0, p.capacity - (SELECT count(*) FROM sessions WHERE api_pair_id = p.id))), 0)
        FROM api_pairs p WHERE p.id = ANY (ids)) >= wanted THEN
      RETURN QUERY SELECT unnest(ids);
      RETURN;
    END IF;
    -- ends the block, and with it these locks: who holds some while waiting for all may wait for somebody who does the same
    RAISE SQLSTATE 'HX001';
  EXCEPTION WHEN SQLSTATE 'HX001' THEN
    RETURN QUERY SELECT id FROM api_pairs ORDER BY id FOR UPDATE;
  END;
END $$;
