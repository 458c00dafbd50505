-- An outcome is a word of a closed union (OutcomeKind in packages/contract/src/vocabulary.ts), and the database takes no other
-- from now on. A check, not an enum: another type would write every month anew while nobody can read it, and a version that
-- still runs beside this one sends text. A word more is this check once more, with the word.
--
-- Locks: ACCESS EXCLUSIVE on deliveries, each of its months and daily_counts, for a moment: what stands there is not read. The
-- next migration reads it.
ALTER TABLE deliveries ADD CONSTRAINT deliveries_outcome CHECK (outcome IN (
  'sent', 'flood_wait', 'slow_mode', 'session_limited', 'session_dead', 'group_refused', 'content_refused', 'config_error', 'unknown',
  'cooldown', 'opted_out', 'group_retired', 'session_resting', 'session_lost', 'source_refused', 'unreachable', 'cycle_ended',
  'bot_changed')) NOT VALID;
ALTER TABLE daily_counts ADD CONSTRAINT daily_counts_outcome CHECK (outcome IN (
  'sent', 'flood_wait', 'slow_mode', 'session_limited', 'session_dead', 'group_refused', 'content_refused', 'config_error', 'unknown',
  'cooldown', 'opted_out', 'group_retired', 'session_resting', 'session_lost', 'source_refused', 'unreachable', 'cycle_ended',
  'bot_changed')) NOT VALID;
