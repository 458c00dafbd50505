-- A basic group became a supergroup: what held for the old chat holds for the new one from now on.
-- https://core.telegram.org/api/channel#migration
CREATE OR REPLACE FUNCTION herald_chat_migrated(old_id bigint, new_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chats (id, title) VALUES (old_id, ''), (new_id, '') ON CONFLICT DO NOTHING;
  -- both are written below; in this order, as by whoever holds several chats, so that nobody waits in a circle (no test can see it)
  PERFORM FROM chats WHERE id IN (old_id, new_id) ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM chats WHERE id = old_id AND migrated_to = new_id) THEN RETURN; END IF;
  UPDATE chats SET migrated_to = new_id WHERE id = old_id;
  UPDATE chats n SET
    cooldown = coalesce(n.cooldown, o.cooldown),
    reserved_by = CASE WHEN coalesce(o.reserved_until > n.reserved_until, n.reserved_until IS NULL) THEN o.reserved_by ELSE n.reserved_by END,
    reserved_until = greatest(n.reserved_until, o.reserved_until)
  FROM chats o WHERE n.id = new_id AND o.id = old_id;
  -- what is open there already stays the one that counts
  UPDATE opt_outs SET chat_id = new_id WHERE chat_id = old_id
    AND (revoked_at IS NOT NULL OR NOT EXISTS (SELECT FROM opt_outs WHERE chat_id = new_id AND revoked_at IS NULL));
  -- whoever was told to wait there waits here
  INSERT INTO session_chats AS f (session_id, chat_id, topic_id, wait_until)
    SELECT session_id, new_id, topic_id, wait_until FROM session_chats WHERE chat_id = old_id AND wait_until IS NOT NULL
    ON CONFLICT (session_id, chat_id, topic_id) DO UPDATE SET wait_until = greatest(f.wait_until, excluded.wait_until);
  UPDATE chat_references SET chat_id = new_id WHERE chat_id = old_id;
  -- a group of the same bot may stand there under the new id already: then this one is found out at its next post
  UPDATE groups g SET chat_id = new_id WHERE g.chat_id = old_id AND NOT EXISTS (
    SELECT FROM groups o WHERE o.bot_id = g.bot_id AND o.chat_id = new_id AND o.topic_id = g.topic_id);
END $$;
