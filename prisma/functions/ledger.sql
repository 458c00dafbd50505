-- The ledger's one round trip: settlements first, then claims, in one transaction, set by set.
--
-- Locks. Settlements wait for rows, in the order cycles, deliveries, chats, sessions, groups, stats, and give way after a
-- moment: a deadlock with a service that locks in another order is the ledger's to yield, well before PostgreSQL looks for
-- it. Claims never wait: what another transaction holds is answered `busy`, and the caller asks again. So a service that
-- works long on one bot delays that bot alone, and two engines that claim the same chats cannot block each other.

-- settlements: [{n, settlement, delivery, cycle, epoch, session, fence, state, outcome, code, message_id, random_id, at, wait_until,
-- level, text, log_code, log_session, log_group, learned, topic, until, reason, of_post}], at most one a delivery, where
-- `learned` is what Telegram said beyond the delivery: wait (of the chat), refusal (of chat or topic), rest (of the
-- session), lookups (of names wait); claims: [{n, delivery, chat, topic, cycle, epoch, session, fence}]. Answers {written: [{n, user_id}], answers: [{n, word, until, was}]}.
CREATE OR REPLACE FUNCTION herald_ledger(settlements jsonb, claims jsonb, default_cooldown int, send_window int) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  settled jsonb := '{"written": [], "rested": [], "changes": [], "moved": []}';
  claimed jsonb := '{"answers": [], "changes": [], "moved": []}';
  moved jsonb;
  changes jsonb;
BEGIN
  IF jsonb_array_length(settlements) > 0 THEN settled := herald_settle(settlements, default_cooldown); END IF;
  IF jsonb_array_length(claims) > 0 THEN claimed := herald_claim(claims, default_cooldown, send_window); END IF;
  moved := (settled -> 'moved') || (claimed -> 'moved');
  IF jsonb_array_length(moved) > 0 THEN PERFORM herald_count_moved(moved); END IF;

  -- one event a user
  SELECT jsonb_agg(jsonb_build_object('user_id', user_id, 'type', 'progress', 'delivery_ids', delivery_ids, 'log_ids', log_ids))
  INTO changes
  FROM (
    SELECT x ->> 'user_id' AS user_id,
      jsonb_agg(DISTINCT id) FILTER (WHERE kind = 'delivery_ids') AS delivery_ids,
      jsonb_agg(DISTINCT id) FILTER (WHERE kind = 'log_ids') AS log_ids
    FROM jsonb_array_elements((settled -> 'changes') || (claimed -> 'changes')) x
    CROSS JOIN LATERAL (
      SELECT 'delivery_ids' AS kind, id FROM jsonb_array_elements(nullif(x -> 'delivery_ids', 'null')) AS id
      UNION ALL
      SELECT 'log_ids', id FROM jsonb_array_elements(nullif(x -> 'log_ids', 'null')) AS id) ids
    GROUP BY 1
  ) u;
  IF jsonb_array_length(settled -> 'rested') > 0 THEN
    changes := changes || '{"user_id": null, "type": "pool"}'::jsonb
      || (SELECT jsonb_agg(jsonb_build_object('user_id', id, 'type', 'bot')) FROM jsonb_array_elements(settled -> 'rested') id);
  END IF;
  IF changes IS NOT NULL THEN PERFORM herald_publish(changes); END IF;
  RETURN jsonb_build_object('written', settled -> 'written', 'answers', claimed -> 'answers');
END $$;
