-- How many deliveries of a cycle are in each state, kept on the cycle, so that nobody counts them. By trigger, so that no
-- writer of deliveries can forget it, and by statement, so that it is one update a cycle however many deliveries change.
-- Whoever changes deliveries of a cycle that runs locks the cycle first, like the ledger.
--
-- The ledger alone counts for itself (herald.counted_by, herald_count_moved): its settlements and its claims are two
-- statements, and a cycle that is updated twice in one transaction has its foreign keys looked up as well.
CREATE OR REPLACE FUNCTION herald_count_new_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cycles c SET planned = c.planned + d.planned, sending = c.sending + d.sending, sent = c.sent + d.sent,
    failed = c.failed + d.failed, skipped = c.skipped + d.skipped
  FROM (
    SELECT cycle_id, sum((state = 'planned')::int) AS planned, sum((state = 'sending')::int) AS sending,
      sum((state = 'sent')::int) AS sent, sum((state = 'failed')::int) AS failed, sum((state = 'skipped')::int) AS skipped
    FROM fresh GROUP BY cycle_id
  ) d
  WHERE c.id = d.cycle_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION herald_count_changed_deliveries() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
  UPDATE cycles c SET planned = c.planned + d.planned, sending = c.sending + d.sending, sent = c.sent + d.sent,
    failed = c.failed + d.failed, skipped = c.skipped + d.skipped
  FROM (
    SELECT cycle_id, sum(n * (state = 'planned')::int) AS planned, sum(n * (state = 'sending')::int) AS sending,
      sum(n * (state = 'sent')::int) AS sent, sum(n * (state = 'failed')::int) AS failed,
      sum(n * (state = 'skipped')::int) AS skipped
    FROM (SELECT cycle_id, state, 1 AS n FROM fresh UNION ALL SELECT cycle_id, state, -1 FROM former) x
    GROUP BY cycle_id
  ) d
  WHERE c.id = d.cycle_id AND (d.planned, d.sending, d.sent, d.failed, d.skipped) <> (0, 0, 0, 0, 0);
  RETURN NULL;
END $$;

-- moved: [{cycle, former, state, n}]: so many deliveries of the cycle went from one state to another
CREATE OR REPLACE FUNCTION herald_count_moved(moved jsonb) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
  UPDATE cycles c SET planned = c.planned + d.planned, sending = c.sending + d.sending, sent = c.sent + d.sent,
    failed = c.failed + d.failed, skipped = c.skipped + d.skipped
  FROM (
    SELECT cycle, sum(n * ((state = 'planned')::int - (former = 'planned')::int)) AS planned,
      sum(n * ((state = 'sending')::int - (former = 'sending')::int)) AS sending,
      sum(n * ((state = 'sent')::int - (former = 'sent')::int)) AS sent,
      sum(n * ((state = 'failed')::int - (former = 'failed')::int)) AS failed,
      sum(n * ((state = 'skipped')::int - (former = 'skipped')::int)) AS skipped
    FROM jsonb_to_recordset(moved) AS x(cycle uuid, former text, state text, n int)
    GROUP BY cycle
  ) d
  WHERE c.id = d.cycle AND (d.planned, d.sending, d.sent, d.failed, d.skipped) <> (0, 0, 0, 0, 0);
END $$;

-- Only where it is missing or not what it is here: to replace one would stop every writer of the table at each start.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'deliveries_are_counted' AND tgrelid = 'deliveries'::regclass) THEN
    CREATE TRIGGER deliveries_are_counted AFTER INSERT ON deliveries REFERENCING NEW TABLE AS fresh
      FOR EACH STATEMENT EXECUTE FUNCTION herald_count_new_deliveries();
  END IF;
  IF NOT EXISTS (
    SELECT FROM pg_trigger
    WHERE tgname = 'deliveries_are_recounted' AND tgrelid = 'deliveries'::regclass AND tgqual IS NOT NULL
  ) THEN
    CREATE OR REPLACE TRIGGER deliveries_are_recounted AFTER UPDATE ON deliveries
      REFERENCING NEW TABLE AS fresh OLD TABLE AS former FOR EACH STATEMENT
      WHEN (current_setting('herald.counted_by', true) IS DISTINCT FROM 'the ledger')
      EXECUTE FUNCTION herald_count_changed_deliveries();
  END IF;
END $$;
