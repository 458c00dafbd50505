import type { Postgres } from "../torture/postgres.ts";

/** What became of that which was open when the former version was killed. */
export interface Resumed {
  /** cycles by their state now */
  cycles: Record<string, number>;
  /** deliveries by what became of them */
  outcomes: Record<string, number>;
  /** deliveries that were decided before and are something else now, that are gone, or whose cycle was given up, in words */
  wrong: string[];
}

/** @param postgres with the former version's rows in the schema `former` */
export async function readResumed(postgres: Postgres): Promise<Resumed> {
  const cycles = await postgres.query<{ key: string; count: number }>(
    `SELECT c.state::text AS key, count(*)::int FROM former.cycles f JOIN cycles c ON c.id = (f.row ->> 'id')::uuid
     WHERE f.row ->> 'state' IN ('running', 'open') GROUP BY 1 ORDER BY 1`,
  );
  const outcomes = await postgres.query<{ key: string; count: number }>(
    `SELECT coalesce(f.row ->> 'state', '') || ' → ' || coalesce(d.state || coalesce(': ' || nullif(d.outcome, d.state::text), ''), 'gone') AS key,
       count(*)::int
     FROM former.deliveries f LEFT JOIN deliveries d ON d.id = (f.row ->> 'id')::bigint
     WHERE f.row ->> 'state' IN ('planned', 'sending') GROUP BY 1 ORDER BY 1`,
  );
  const wrong = await postgres.query<{ text: string }>(
    `SELECT format('delivery %s was %s and is %s', f.row ->> 'id', f.row ->> 'state', coalesce(d.state::text, 'gone')) AS text
     FROM former.deliveries f LEFT JOIN deliveries d ON d.id = (f.row ->> 'id')::bigint
     WHERE d.id IS NULL OR f.row ->> 'state' IN ('sent', 'failed', 'skipped')
       AND (d.state::text, d.message_id::text, d.outcome, d.code)
         IS DISTINCT FROM (f.row ->> 'state', f.row ->> 'message_id', f.row ->> 'outcome', f.row ->> 'code')
     UNION ALL
     SELECT format('cycle %s of user %s was open and is %s', c.number, c.user_id, c.state)
     FROM former.cycles f JOIN cycles c ON c.id = (f.row ->> 'id')::uuid
     WHERE f.row ->> 'state' IN ('running', 'open') AND c.state <> 'finished'
       -- one in which nothing was left is closed when the next begins
       AND EXISTS (SELECT FROM former.deliveries d WHERE d.row -> 'cycle_id' = f.row -> 'id' AND d.row ->> 'state' IN ('planned', 'sending'))`,
  );
  return { cycles: asRecord(cycles), outcomes: asRecord(outcomes), wrong: wrong.map(({ text }) => text) };
}

const asRecord = (rows: ReadonlyArray<{ key: string; count: number }>) =>
  Object.fromEntries(rows.map(({ key, count }) => [key, count]));
