import type { Postgres } from "../torture/postgres.ts";

/** A table of the former version. */
export interface FormerTable {
  name: string;
  /** columns of its primary key */
  key: string[];
}

/** What the upgrade changes on purpose, by `table.column`: of which rows. CHANGELOG.md says why. */
const CHANGED_ON_PURPOSE: Readonly<Record<string, string>> = {
  // where the plan says the same
  "bots.execution_mode": "n.row -> 'execution_mode' = 'null'",
  // whether a number behind a reference is a topic's is asked anew
  "groups.chat_id": String.raw`f.row ->> 'reference' ~ '/\d+$'`,
};

/**
 * Copies every row of the former version into the schema `former`, a column `row` of jsonb each: what the upgrade is compared
 * with, and of no type that a migration changes.
 */
export async function keepFormerRows(postgres: Postgres): Promise<FormerTable[]> {
  const tables = await readTables(postgres);
  await postgres.query("CREATE SCHEMA former");
  for (const { name } of tables)
    await postgres.query(`CREATE TABLE former."${name}" AS SELECT to_jsonb(t) AS row FROM public."${name}" t`);
  return tables;
}

/** Rows that are gone and values that changed, of the tables and columns that there still are, in words. */
export async function changedRows(postgres: Postgres, former: readonly FormerTable[]): Promise<string[]> {
  const present = new Set((await readTables(postgres)).map(({ name }) => name));
  const found: string[] = [];
  for (const { name, key } of former.filter((table) => present.has(table.name))) {
    const keyOf = (row: string) => `jsonb_build_array(${key.map((column) => `${row} -> '${column}'`).join(", ")})`;
    const onPurpose = Object.entries(CHANGED_ON_PURPOSE).flatMap(([column, rows]) =>
      column.startsWith(`${name}.`) ? [`c.key = '${column.slice(name.length + 1)}' AND ${rows}`] : [],
    );
    const rows = await postgres.query<{ column: string | null; count: number }>(
      `WITH present AS MATERIALIZED (SELECT to_jsonb(t) AS row FROM public."${name}" t)
       SELECT c.key AS column, count(*)::int FROM former."${name}" f
       LEFT JOIN present n ON ${keyOf("n.row")} = ${keyOf("f.row")}
       LEFT JOIN LATERAL jsonb_each(f.row) c(key, value) ON n.row IS NOT NULL
       WHERE n.row IS NULL OR (n.row ? c.key AND n.row -> c.key IS DISTINCT FROM c.value)
         AND (${["false", ...onPurpose].join(" OR ")}) IS NOT TRUE
       GROUP BY 1`,
    );
    for (const { column, count } of rows) {
      found.push(
        column === null ? `${count} rows of ${name} are gone` : `${name}.${column} is another in ${count} rows`,
      );
    }
  }
  return found;
}

/** Herald's own tables; a partition is a part of its table. */
function readTables(postgres: Postgres): Promise<FormerTable[]> {
  return postgres.query<FormerTable>(
    `SELECT c.relname AS name, array_agg(a.attname::text) AS key
     FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> '_prisma_migrations' GROUP BY 1 ORDER BY 1`,
  );
}
