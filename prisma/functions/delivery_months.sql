-- `deliveries` is cut by month: a month is dropped as a file, with nothing to vacuum. An id is months since 2020 << 40 | a
-- sequence, so that it names its partition; what is older than this scheme has a small number, in the oldest partition.
-- There is no default partition: what fell into it could not be dropped by month, and would bar that month's own. Months
-- are made ahead, and by whoever plans a cycle in one that is missing.

-- Months since 2020, in UTC.
CREATE OR REPLACE FUNCTION herald_month_of(at timestamptz) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT (extract(year FROM at AT TIME ZONE 'UTC')::int - 2020) * 12 + extract(month FROM at AT TIME ZONE 'UTC')::int - 1
$$;

CREATE OR REPLACE FUNCTION herald_month_start(month int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT make_timestamptz(2020 + month / 12, month % 12 + 1, 1, 0, 0, 0, 'UTC')
$$;

CREATE OR REPLACE FUNCTION herald_next_delivery_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT (herald_month_of(now())::bigint << 40) | nextval('deliveries_id_seq')
$$;

-- The months that there are, oldest first.
CREATE OR REPLACE FUNCTION herald_delivery_months() RETURNS TABLE (month int, partition regclass) LANGUAGE sql STABLE AS $$
  SELECT herald_month_of(to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC'), c.oid::regclass
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'deliveries'::regclass ORDER BY 1
$$;

-- Makes the month's partition where it is missing. By LIKE and ATTACH, which let readers and writers of the others go on.
CREATE OR REPLACE FUNCTION herald_add_delivery_month(at timestamptz) RETURNS void LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
  month bigint := herald_month_of(at);
  name text := 'deliveries_' || to_char(at AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  -- one at a time; the foreign key needs it too, and the ledger locks cycles first
  LOCK TABLE cycles IN SHARE ROW EXCLUSIVE MODE;
  IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE deliveries INCLUDING DEFAULTS INCLUDING CONSTRAINTS) '
    || 'WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)', name);
  EXECUTE format('CREATE UNIQUE INDEX %I ON %I (session_id, random_id)', name || '_session_id_random_id_key', name);
  EXECUTE format('ALTER TABLE deliveries ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', name, month << 40, (month + 1) << 40);
END $$;

-- Rolls up what the month has left to tell, and drops it. False, and nothing is changed, while a delivery of it is open.
-- Its locks stop everybody for a moment, so it does not wait for them long; whoever calls asks again later.
CREATE OR REPLACE FUNCTION herald_drop_delivery_month(dropped int) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
  part regclass;
  is_open boolean;
  days daterange;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('herald.delivery_months'), 0);
  SELECT partition INTO part FROM herald_delivery_months() WHERE month = dropped;
  IF part IS NULL THEN RETURN false; END IF;
  EXECUTE format('SELECT coalesce(bool_or(state IN (''planned'', ''sending'')), false), '
    -- a day more on either side, for zones before and behind UTC
    || 'daterange((min(settled_at) AT TIME ZONE ''UTC'')::date - 1, (max(settled_at) AT TIME ZONE ''UTC'')::date + 1, ''[]'') FROM %s', part)
    INTO is_open, days;
  IF is_open THEN RETURN false; END IF;
  PERFORM herald_roll_up(lower(days), upper(days) - 1);
  LOCK TABLE cycles, deliveries IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('DROP TABLE %s', part);
  RETURN true;
END $$;
