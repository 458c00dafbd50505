-- What the schema language cannot say. A rule that stands here holds whatever the code does.

ALTER TABLE users
  ADD CONSTRAINT users_email_lower CHECK (email = lower(email)),
  ADD CONSTRAINT users_plan_whole CHECK (num_nulls(plan_type, max_sessions, max_groups) IN (0, 3)),
  ADD CONSTRAINT users_plan_expiry CHECK (plan_expires_at IS NULL OR plan_type IS NOT NULL),
  ADD CONSTRAINT users_plan_limits CHECK (max_sessions >= 1 AND max_groups >= 1),
  ADD CONSTRAINT users_api_key_whole CHECK ((api_key_hash IS NULL) = (api_key_hint IS NULL));

ALTER TABLE bots
  ADD CONSTRAINT bots_post_whole CHECK ((post_type IS NULL) = (post_content IS NULL)),
  ADD CONSTRAINT bots_running_has_post CHECK (status <> 'running' OR post_content IS NOT NULL),
  ADD CONSTRAINT bots_total_cycle_minutes CHECK (total_cycle_minutes >= 1),
  ADD CONSTRAINT bots_delay_between_posts CHECK (delay_between_posts >= 0),
  ADD CONSTRAINT bots_delay_between_cycles CHECK (delay_between_cycles >= 0),
  ADD CONSTRAINT bots_session_count CHECK (session_count >= 1);

ALTER TABLE stats
  ADD CONSTRAINT stats_never_negative CHECK (
    total_posts >= 0 AND total_success >= 0 AND total_failures >= 0 AND total_flood_waits >= 0
    AND total_messages_sent >= 0);

ALTER TABLE groups
  ADD CONSTRAINT groups_position CHECK (position >= 0),
  ADD CONSTRAINT groups_counters CHECK (sent >= 0 AND failed >= 0),
  ADD CONSTRAINT groups_retired_has_reason CHECK ((state = 'retired') = (reason IS NOT NULL));

ALTER TABLE chats
  ADD CONSTRAINT chats_cooldown CHECK (cooldown >= 0),
  ADD CONSTRAINT chats_reservation_whole CHECK ((reserved_until IS NULL) = (reserved_by IS NULL));

ALTER TABLE api_pairs
  ADD CONSTRAINT api_pairs_capacity CHECK (capacity >= 1),
  ADD CONSTRAINT api_pairs_api_id CHECK (api_id >= 1);

ALTER TABLE sessions
  ADD CONSTRAINT sessions_assigned_has_user CHECK ((place = 'assigned') = (user_id IS NOT NULL)),
  ADD CONSTRAINT sessions_pair_only_assigned CHECK (api_pair_id IS NULL OR place = 'assigned'),
  ADD CONSTRAINT sessions_banned_has_cause CHECK ((place = 'banned') = (banned_at IS NOT NULL AND death_cause IS NOT NULL)),
  ADD CONSTRAINT sessions_death_cause CHECK (death_cause IN ('spam', 'lost')),
  ADD CONSTRAINT sessions_sent CHECK (sent >= 0);

ALTER TABLE session_leases
  ADD CONSTRAINT session_leases_whole CHECK ((engine_id IS NULL) = (expires_at IS NULL)),
  ADD CONSTRAINT session_leases_fence CHECK (fence >= 0);

ALTER TABLE session_peers
  ADD CONSTRAINT session_peers_type CHECK (type IN ('channel', 'chat', 'user'));

ALTER TABLE group_pairs
  ADD CONSTRAINT group_pairs_holds_something CHECK (retired OR wait_until IS NOT NULL);

ALTER TABLE cycles
  ADD CONSTRAINT cycles_number CHECK (number >= 1),
  ADD CONSTRAINT cycles_epoch CHECK (epoch >= 0),
  ADD CONSTRAINT cycles_starter_has_length CHECK (execution_mode <> 'starter' OR coalesce(total_cycle_minutes, 0) >= 1),
  ADD CONSTRAINT cycles_delay CHECK (delay_between_posts >= 0),
  ADD CONSTRAINT cycles_ended CHECK ((state IN ('finished', 'closed')) = (ended_at IS NOT NULL)),
  ADD CONSTRAINT cycles_engine_only_running CHECK (engine_id IS NULL OR state = 'running');

ALTER TABLE deliveries
  ADD CONSTRAINT deliveries_final_is_settled CHECK ((state IN ('sent', 'failed', 'skipped')) = (settled_at IS NOT NULL)),
  ADD CONSTRAINT deliveries_final_has_outcome CHECK (state IN ('planned', 'sending') OR outcome IS NOT NULL),
  ADD CONSTRAINT deliveries_sent_is_sent CHECK ((state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')),
  ADD CONSTRAINT deliveries_sending_was_tried CHECK (state <> 'sending' OR (attempts >= 1 AND tried_at IS NOT NULL)),
  ADD CONSTRAINT deliveries_skipped_never_tried CHECK (state <> 'skipped' OR attempts = 0 OR tried_at IS NOT NULL),
  ADD CONSTRAINT deliveries_attempts CHECK (attempts >= 0);

ALTER TABLE events
  ADD CONSTRAINT events_type CHECK (type IN ('bot', 'progress', 'groups', 'pool')),
  ADD CONSTRAINT events_pool_is_for_admins CHECK ((type = 'pool') = (user_id IS NULL));

-- The seats of an API pair. The pair's row is locked before counting, so that two who take the last seat come one after
-- the other, and the second counts the first.
CREATE FUNCTION herald_check_api_pair_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  seats int;
  taken int;
BEGIN
  -- the rule's name stands in the message too: not every client hands on the constraint's
  SELECT capacity INTO seats FROM api_pairs WHERE id = NEW.api_pair_id FOR NO KEY UPDATE;
  SELECT count(*) INTO taken FROM sessions WHERE api_pair_id = NEW.api_pair_id AND id <> NEW.id;
  IF taken >= seats THEN
    RAISE EXCEPTION 'api_pairs_seats: API pair % holds its % sessions already', NEW.api_pair_id, seats
      USING ERRCODE = 'check_violation', CONSTRAINT = 'api_pairs_seats', TABLE = 'api_pairs';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER sessions_take_seat_insert BEFORE INSERT ON sessions
  FOR EACH ROW WHEN (NEW.api_pair_id IS NOT NULL) EXECUTE FUNCTION herald_check_api_pair_seats();
CREATE TRIGGER sessions_take_seat_update BEFORE UPDATE OF api_pair_id ON sessions
  FOR EACH ROW WHEN (NEW.api_pair_id IS NOT NULL AND NEW.api_pair_id IS DISTINCT FROM OLD.api_pair_id)
  EXECUTE FUNCTION herald_check_api_pair_seats();

CREATE FUNCTION herald_check_api_pair_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM sessions WHERE api_pair_id = NEW.id) > NEW.capacity THEN
    RAISE EXCEPTION 'api_pairs_seats: API pair % holds more than % sessions', NEW.id, NEW.capacity
      USING ERRCODE = 'check_violation', CONSTRAINT = 'api_pairs_seats', TABLE = 'api_pairs';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER api_pairs_shrink BEFORE UPDATE OF capacity ON api_pairs
  FOR EACH ROW WHEN (NEW.capacity < OLD.capacity) EXECUTE FUNCTION herald_check_api_pair_capacity();

-- The rows that every post writes: room on the page for the next version keeps the update heap-only, and the dead ones are
-- cleared early.
ALTER TABLE deliveries SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE chats SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE groups SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE sessions SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE session_leases SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE stats SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE bots SET (fillfactor = 50);
ALTER TABLE cycles SET (fillfactor = 70);
