import type pg from "pg";

/** They change by themselves: engines say that they are alive. */
const RESTLESS = ["engines"];

/** What stands in each table, by its name: the same twice where nothing has changed in between. */
export async function fingerprint(sql: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1)
     ORDER BY c.relname`,
    [RESTLESS],
  );
  const digests = rows.map(async ({ name }): Promise<[string, string]> => {
    const { rows } = await sql.query(
      `SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') AS digest
       FROM ${JSON.stringify(name)} t`,
    );
    return [name, rows[0].digest];
  });
  return Object.fromEntries(await Promise.all(digests));
}
