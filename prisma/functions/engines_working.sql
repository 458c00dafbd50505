-- The engines whose cycles nobody else may take: they live, and have said so lately. One that is frozen (SIGSTOP, a machine
-- that sleeps) holds its lock still, and is not among them. In the first moments after PostgreSQL's own start nobody has had
-- the time to come back, and all are.
CREATE OR REPLACE FUNCTION herald_engines_working() RETURNS SETOF engines LANGUAGE sql STABLE AS $$
  SELECT * FROM herald_engines_alive() WHERE seen_at > clock_timestamp() - interval '10 seconds'
  UNION
  SELECT * FROM engines WHERE clock_timestamp() < pg_postmaster_start_time() + interval '5 seconds'
$$;
