-- Every user has a bot and its counters from the first moment, so that nobody has to make them when missing.
CREATE OR REPLACE FUNCTION herald_make_bot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO bots (user_id) VALUES (NEW.id);
  INSERT INTO stats (user_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
