-- Whether an opt-out of a chat is open, kept on the chat's row: a claim locks that row anyway, and so sees what was committed
-- up to that moment. An opt-out is written under the same lock, so that no claim goes after an opt-out was answered.
CREATE OR REPLACE FUNCTION herald_note_opt_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE chats c SET opted_out = EXISTS (SELECT FROM opt_outs WHERE chat_id = c.id AND revoked_at IS NULL)
  WHERE c.id IN (NEW.chat_id, OLD.chat_id);
  RETURN NULL;
END $$;

-- Only where it is missing: to replace one would stop every writer of the table at each start.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'opt_outs_are_noted' AND tgrelid = 'opt_outs'::regclass) THEN
    CREATE TRIGGER opt_outs_are_noted AFTER INSERT OR UPDATE ON opt_outs
      FOR EACH ROW EXECUTE FUNCTION herald_note_opt_out();
  END IF;
END $$;
