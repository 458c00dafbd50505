-- Writes what Telegram said beyond deliveries: waits and refusals of a session in a chat, references that lead nowhere, and each
-- of it among the session's events. Part of a settlement, by itself because most settlements have nothing to tell.
-- `facts`, oldest first: [{session, chat, topic, user, group, cycle, learned, at, until, code, reason, of_post}]
CREATE OR REPLACE FUNCTION herald_learn(facts jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH facts AS MATERIALIZED (
    SELECT x.*, CASE WHEN x.of_post THEN (SELECT herald_post_digest(post_type, post_content) FROM cycles WHERE id = x.cycle) END
      AS refused_post
    FROM ROWS FROM (jsonb_to_recordset(facts) AS (
      session uuid, chat bigint, topic int, "user" uuid, "group" uuid, cycle uuid, learned text, at timestamptz, until timestamptz,
      code text, reason text, of_post boolean)) WITH ORDINALITY
      AS x(session, chat_id, topic, user_id, group_id, cycle, learned, at, until, code, reason, of_post, n)
    WHERE EXISTS (SELECT FROM sessions WHERE id = x.session)
  ), known AS (
    -- a wait never shortens a longer one; of two refusals the newer one counts
    INSERT INTO session_chats AS f (
      session_id, chat_id, topic_id, wait_until, refused_at, refused_code, refused_reason, ask_again_at, refused_post)
    SELECT DISTINCT ON (session, chat_id, topic) session, chat_id, topic, CASE learned WHEN 'wait' THEN until END,
      CASE learned WHEN 'refusal' THEN at END, CASE learned WHEN 'refusal' THEN code END,
      CASE learned WHEN 'refusal' THEN reason END, CASE learned WHEN 'refusal' THEN until END, refused_post
    FROM facts WHERE learned IN ('wait', 'refusal') AND chat_id IS NOT NULL ORDER BY session, chat_id, topic, n DESC
    ON CONFLICT (session_id, chat_id, topic_id) DO UPDATE SET
      wait_until = greatest(f.wait_until, excluded.wait_until),
      refused_at = coalesce(excluded.refused_at, f.refused_at),
      refused_code = coalesce(excluded.refused_code, f.refused_code),
      refused_reason = coalesce(excluded.refused_reason, f.refused_reason),
      ask_again_at = CASE WHEN excluded.refused_at IS NULL THEN f.ask_again_at ELSE excluded.ask_again_at END,
      refused_post = CASE WHEN excluded.refused_at IS NULL THEN f.refused_post ELSE excluded.refused_post END
  ), led_nowhere AS (
    INSERT INTO session_references AS r (session_id, reference, refused_at, refused_code, refused_reason, ask_again_at)
    SELECT DISTINCT ON (f.session, reference) f.session, herald_base_reference(g.reference) AS reference, f.at, f.code, f.reason, f.until
    FROM facts f JOIN groups g ON g.id = f.group_id
    WHERE f.learned = 'refusal' AND f.chat_id IS NULL ORDER BY f.session, reference, f.n DESC
    ON CONFLICT (session_id, reference) DO UPDATE SET refused_at = excluded.refused_at,
      refused_code = excluded.refused_code, refused_reason = excluded.refused_reason, ask_again_at = excluded.ask_again_at
  )
  INSERT INTO session_events (session_id, at, kind, code, chat_id, until, user_id)
  SELECT session, at, CASE learned WHEN 'refusal' THEN 'refused' ELSE 'waited' END::"SessionEventKind", code, chat_id, until, user_id
  FROM facts ORDER BY n;
END $$;
