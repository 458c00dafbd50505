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
