-- How many deliveries of a cycle are in each state, kept on the cycle, so that nobody counts them. By trigger, so that no
-- writer of deliveries can forget it, and by statement, so that it is one update a cycle however many deliveries change.
-- Whoever changes deliveries of a cycle that runs locks the cycle first, like the ledger.
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

-- Only where it is missing: to replace one would stop every writer of the table at each start.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'deliveries_are_counted' AND tgrelid = 'deliveries'::regclass) THEN
    CREATE TRIGGER deliveries_are_counted AFTER INSERT ON deliveries REFERENCING NEW TABLE AS fresh
      FOR EACH STATEMENT EXECUTE FUNCTION herald_count_new_deliveries();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'deliveries_are_recounted' AND tgrelid = 'deliveries'::regclass) THEN
    CREATE TRIGGER deliveries_are_recounted AFTER UPDATE ON deliveries
      REFERENCING NEW TABLE AS fresh OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION herald_count_changed_deliveries();
  END IF;
END $$;
