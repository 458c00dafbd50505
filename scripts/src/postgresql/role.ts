import pg from "pg";

/** Whom Herald's own databases belong to: the engines and the migrations. It may do nothing outside of them. */
const ROLE = "herald";
/** One at a time: two who change the same role at once are refused by PostgreSQL ("tuple concurrently updated"). */
const LOCK = "SELECT pg_advisory_lock(hashtext('herald.role'), 0)";

/** What a version before had made as the superuser is the role's. Sequences of a column and types of a table go with their table. */
const TAKE_OVER = `DO $$
DECLARE
  change text;
BEGIN
  FOR change IN
    WITH ours AS (
      SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
    )
    SELECT format('SCHEMA %I', nspname) FROM ours JOIN pg_namespace USING (oid, nspname)
    WHERE nspname <> 'public' AND nspowner <> '${ROLE}'::regrole
    UNION ALL
    SELECT format('TABLE %s', c.oid::regclass) FROM pg_class c JOIN ours ON ours.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner <> '${ROLE}'::regrole AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND relkind = 'S'
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
    UNION ALL
    SELECT format('ROUTINE %s', p.oid::regprocedure) FROM pg_proc p JOIN ours ON ours.oid = pronamespace
    WHERE proowner <> '${ROLE}'::regrole
    UNION ALL
    SELECT format('TYPE %s', t.oid::regtype) FROM pg_type t JOIN ours ON ours.oid = typnamespace
    WHERE typtype IN ('e', 'd', 'r') AND typowner <> '${ROLE}'::regrole
  LOOP
    EXECUTE format('ALTER %s OWNER TO ${ROLE}', change);
  END LOOP;
END $$`;

/**
 * Makes sure of the role, and of a database `name` that it owns with all that is in it. Repeatable.
 * @param superuserUrl of a database of the server
 * @returns the role, as which one connects
 */
export async function provide(
  superuserUrl: (database: string) => string,
  database: { name: string; password: string },
): Promise<{ user: string; password: string }> {
  const { name, password } = database;
  await as(superuserUrl("postgres"), async (admin) => {
    await admin.query(LOCK);
    const { rowCount: roles } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [ROLE]);
    if (roles === 0) await admin.query(`CREATE ROLE ${ROLE}`);
    await admin.query(
      `ALTER ROLE ${ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${pg.escapeLiteral(password)}`,
    );
    const { rowCount: databases } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    const whose = databases === 0 ? ["CREATE", "OWNER"] : ["ALTER", "OWNER TO"];
    await admin.query(`${whose[0]} DATABASE ${pg.escapeIdentifier(name)} ${whose[1]} ${ROLE}`);
  });
  await as(superuserUrl(name), async (admin) => {
    await admin.query(LOCK);
    await admin.query(TAKE_OVER);
  });
  return { user: ROLE, password };
}

async function as(connectionString: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
