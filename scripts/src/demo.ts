import type { Fault } from "@herald/host";
import pg from "pg";

/** The addresses of the demo's logins end so: nobody's real one does (https://www.rfc-editor.org/rfc/rfc2606). */
const DEMO_ADDRESS = "@herald.example";
/** What leads to this machine alone. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

type Settings = {
  DEMO: boolean;
  DATABASE_URL?: string | undefined;
  WEB_HOST: string;
  NEXTAUTH_URL?: string | undefined;
};

/** What would let others come to a demo, whose logins everybody knows, or leave those logins where they are no demo's. */
export function openedDemo({ DEMO, DATABASE_URL, WEB_HOST, NEXTAUTH_URL }: Settings): Fault[] {
  if (!DEMO) return [];
  const faults: Fault[] = [];
  const known = "the demo (DEMO=1, the default), whose logins everybody knows";
  if (DATABASE_URL !== undefined)
    faults.push({
      about: "DATABASE_URL",
      message: `is not for ${known}: they would stay in that database. Set DEMO=0 to work with it, or leave DATABASE_URL out: the demo brings a PostgreSQL of its own`,
    });
  if (!LOOPBACK.test(WEB_HOST))
    faults.push({
      about: "WEB_HOST",
      message: `would open ${known}, to others than this machine. Leave WEB_HOST at 127.0.0.1, or set DEMO=0`,
    });
  if (NEXTAUTH_URL !== undefined && !LOOPBACK.test(hostOf(NEXTAUTH_URL)))
    faults.push({
      about: "NEXTAUTH_URL",
      message: `names another machine than this one, for ${known}. Leave NEXTAUTH_URL out, or set DEMO=0`,
    });
  return faults;
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : url);

/**
 * Refuses a migrated database in which somebody can sign in with a password that everybody knows: a demo of a version before
 * filled it.
 * @throws Error that says how to disable the logins
 */
export async function requireNoDemoLogins(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ email: string }>(
      "SELECT email FROM users WHERE NOT disabled AND right(email, length($1)) = $1 ORDER BY email",
      [DEMO_ADDRESS],
    );
    if (rows.length === 0) return;
    const emails = rows.map(({ email }) => email).join(" and ");
    throw new Error(
      `The database has logins of the demo (${emails}), whose passwords everybody knows, so nothing is started on it. Disable them, or give them another address:\n  UPDATE users SET disabled = true WHERE email LIKE '%${DEMO_ADDRESS}';`,
    );
  } finally {
    await client.end();
  }
}
