-- Every user has a bot and its counters from the first moment, so that nobody has to make them when missing.
CREATE OR REPLACE FUNCTION herald_make_bot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH made AS (INSERT INTO bots (user_id) VALUES (NEW.id) RETURNING id)
    INSERT INTO stats (bot_id, user_id) SELECT id, NEW.id FROM made;
  RETURN NULL;
END $$;
