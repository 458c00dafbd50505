-- Whether a session must not be used: an admin has to look at it, or Telegram asked for a rest that is not over. The one
-- definition in SQL, for claims and for the pool; core's is `rests` in pool/session-state.ts. Inlined where it is called.
CREATE OR REPLACE FUNCTION herald_session_rests(needs_admin boolean, resting_until timestamptz, moment timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT needs_admin OR coalesce(resting_until > moment, false)
$$;
