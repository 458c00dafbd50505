-- Every user has a bot and its counters from the first moment, so that nobody has to make them when missing.
CREATE FUNCTION herald_make_bot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO bots (user_id) VALUES (NEW.id);
  INSERT INTO stats (user_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER users_have_bots AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION herald_make_bot();

INSERT INTO bots (user_id) SELECT id FROM users ON CONFLICT DO NOTHING;
INSERT INTO stats (user_id) SELECT id FROM users ON CONFLICT DO NOTHING;

-- What is pruned by age is found by the end of its cycle.
CREATE INDEX "cycles_ended_at_idx" ON "cycles"("ended_at");
