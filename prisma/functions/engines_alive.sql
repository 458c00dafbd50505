-- The engines that live: each holds the advisory lock ('herald.engine', lock_key) on a connection of its own. The kind of the
-- lock is named for the reader: no lock of another kind has these numbers.
CREATE OR REPLACE FUNCTION herald_engines_alive() RETURNS SETOF engines LANGUAGE sql STABLE AS $$
  SELECT e.* FROM engines e
  WHERE EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 2
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.classid = (hashtext('herald.engine')::bigint & 4294967295)::oid AND l.objid = e.lock_key::oid)
$$;
