import { readBooks } from "../torture/books.ts";
import { wrongStats } from "../torture/invariants/stats.ts";
import type { Postgres } from "../torture/postgres.ts";

/** Counters and roll-ups that are not what a count over the rows gives, in words. Rolls up first, as the engine does each hour. */
export async function wrongCounters(postgres: Postgres): Promise<string[]> {
  await postgres.query("SELECT herald_roll_up_recent()");
  const cycles = await postgres.query<{ text: string }>(
    `SELECT format('cycle %s counts %s, its rows are %s', c.id, c.counted, d.counted) AS text
     FROM (SELECT id, ARRAY[planned, sending, sent, failed, skipped]::bigint[] AS counted FROM cycles) c
     LEFT JOIN LATERAL (SELECT ARRAY[count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'sending'),
       count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'skipped')] AS counted FROM deliveries WHERE cycle_id = c.id) d ON true
     WHERE c.counted <> d.counted`,
  );
  const days = await postgres.query<{ text: string }>(
    `WITH rows AS (
       SELECT bot_id, (settled_at AT TIME ZONE 'UTC')::date AS day, group_id, session_id, state, coalesce(outcome, '') AS outcome,
         coalesce(code, '') AS code, count(*) AS count FROM deliveries WHERE settled_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7),
     rolled AS (
       SELECT bot_id, day, group_id, session_id, state, outcome, code, sum(count) AS count FROM daily_counts GROUP BY 1, 2, 3, 4, 5, 6, 7)
     SELECT format('%s of %s: %s rolled up, %s rows', coalesce(w.outcome, r.outcome), coalesce(w.day, r.day), r.count, w.count) AS text
     FROM rows w FULL JOIN rolled r USING (bot_id, day, group_id, session_id, state, outcome, code)
     WHERE w.count IS DISTINCT FROM r.count`,
  );
  return [...cycles, ...days, ...wrongStats(await readBooks(postgres))].map(({ text }) => text);
}
