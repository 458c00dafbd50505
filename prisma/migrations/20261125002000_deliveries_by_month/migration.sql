-- Deliveries by month, names kept with them, a cycle's counters on the cycle, and what remains of each day.

-- How group and account were called when the delivery was planned. Of what was removed before now nobody knows it.
ALTER TABLE "deliveries" ADD COLUMN "group_name" TEXT, ADD COLUMN "group_reference" TEXT, ADD COLUMN "session_name" TEXT;
UPDATE deliveries d SET
  group_name = (SELECT coalesce(title, reference) FROM groups WHERE id = d.group_id),
  group_reference = (SELECT reference FROM groups WHERE id = d.group_id),
  session_name = (SELECT label FROM sessions WHERE id = d.session_id);

-- The id carries the month: months since 2020 in the high bits, a sequence below. So a look-up by id alone meets one
-- partition, ids stay unique, and a month is dropped as a file. Below 2^53 for the next 600 years, so JSON keeps it exact.
CREATE FUNCTION herald_next_delivery_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT (((extract(year FROM now() AT TIME ZONE 'UTC')::bigint - 2020) * 12
    + extract(month FROM now() AT TIME ZONE 'UTC')::bigint - 1) << 40) | nextval('deliveries_id_seq')
$$;

-- What there is becomes the partition of this month and everything before: no row moves, and open cycles go on. Ids from
-- before are small numbers.
DO $$
DECLARE
  present text := 'deliveries_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM');
  next_month bigint := (extract(year FROM now() AT TIME ZONE 'UTC')::bigint - 2020) * 12 + extract(month FROM now() AT TIME ZONE 'UTC')::bigint;
BEGIN
  EXECUTE format('ALTER TABLE deliveries RENAME TO %I', present);
  EXECUTE format('ALTER INDEX deliveries_pkey RENAME TO %I', present || '_pkey');
  EXECUTE format('ALTER INDEX deliveries_cycle_id_planned_at_idx RENAME TO %I', present || '_cycle_id_planned_at_idx');
  EXECUTE format('ALTER INDEX deliveries_user_id_settled_at_idx RENAME TO %I', present || '_user_id_settled_at_idx');
  -- unique in each month: across them PostgreSQL could promise it of the id only
  EXECUTE format('ALTER INDEX deliveries_session_id_random_id_key RENAME TO %I', present || '_session_id_random_id_key');
  EXECUTE format('ALTER TABLE %I ALTER id SET DEFAULT herald_next_delivery_id()', present);

  EXECUTE format('CREATE TABLE deliveries (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)', present);
  ALTER SEQUENCE deliveries_id_seq OWNED BY deliveries.id;
  ALTER TABLE deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id),
    ADD CONSTRAINT deliveries_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES cycles (id) ON DELETE CASCADE ON UPDATE CASCADE;
  CREATE INDEX deliveries_cycle_id_planned_at_idx ON deliveries (cycle_id, planned_at);
  CREATE INDEX deliveries_user_id_settled_at_idx ON deliveries (user_id, settled_at);
  EXECUTE format('ALTER TABLE deliveries ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%s)', present, next_month << 40);
END $$;

-- How many deliveries of the cycle are in each state, kept by a trigger on deliveries.
ALTER TABLE "cycles"
  ADD COLUMN "planned" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "sending" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "sent" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "failed" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "skipped" INTEGER NOT NULL DEFAULT 0;
UPDATE cycles c SET planned = d.planned, sending = d.sending, sent = d.sent, failed = d.failed, skipped = d.skipped
  FROM (
    SELECT cycle_id, count(*) FILTER (WHERE state = 'planned') AS planned, count(*) FILTER (WHERE state = 'sending') AS sending,
      count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed,
      count(*) FILTER (WHERE state = 'skipped') AS skipped
    FROM deliveries GROUP BY cycle_id) d
  WHERE c.id = d.cycle_id;
ALTER TABLE cycles ADD CONSTRAINT cycles_counters CHECK (least(planned, sending, sent, failed, skipped) >= 0);
ALTER TABLE cycles SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- CreateTable
CREATE TABLE "daily_counts" (
    "bot_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "group_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "state" "DeliveryState" NOT NULL,
    "outcome" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "month" INTEGER NOT NULL,
    "group_name" TEXT,
    "session_name" TEXT,
    "count" INTEGER NOT NULL,

    CONSTRAINT "daily_counts_pkey" PRIMARY KEY ("bot_id","day","group_id","session_id","state","outcome","code","month")
);

-- CreateIndex
CREATE INDEX "daily_counts_user_id_day_idx" ON "daily_counts"("user_id", "day");
CREATE INDEX "daily_counts_day_idx" ON "daily_counts"("day");

-- AddForeignKey
ALTER TABLE "daily_counts" ADD CONSTRAINT "daily_counts_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "daily_counts" ADD CONSTRAINT "daily_counts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
