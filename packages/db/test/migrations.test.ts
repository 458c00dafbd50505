import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { applySqlFunctions } from "@herald/scripts/sql-functions";
import { createTestDatabase } from "@herald/scripts/test-database";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { openWorld } from "./world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FOLDER = `${ROOT}/prisma/migrations`;

/** Runs Prisma's command line on the database. */
function prisma(url: string, ...args: string[]) {
  const cli = createRequire(`${ROOT}/package.json`).resolve("prisma/build/index.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

test("a migrated database is left as it is, and is what the schema says", async () => {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  expect(prisma(url, "migrate", "deploy")).toMatchObject({
    status: 0,
    output: expect.stringContaining("No pending migrations"),
  });
  const diff = ["migrate", "diff", "--from-config-datasource", "--to-schema", "prisma/schema.prisma", "--exit-code"];
  expect(prisma(url, ...diff)).toMatchObject({ status: 0 });
}, 60_000);

test("a database of the first migration with rows in it is brought to the last", async () => {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  await sql.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  const [first = "", ...rest] = readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const apply = (name: string) => sql.query(readFileSync(`${FOLDER}/${name}/migration.sql`, "utf8"));
  await apply(first);
  await sql.query(`
    INSERT INTO users (id, email, name, password_hash) VALUES ('019a0000-0000-7000-8000-000000000001', 'ada@example.org', 'Ada', 'h');
    INSERT INTO api_pairs (id, api_id, api_hash) VALUES (gen_random_uuid(), 1, 'x');
    INSERT INTO sessions (id, label, file_name, fingerprint) VALUES (gen_random_uuid(), 'a', 'a', 'f');
    INSERT INTO cycles (id, user_id, number, state, execution_mode, post_type, post_content, delay_between_posts, started_at, ended_at)
      VALUES ('019a0000-0000-7000-8000-000000000002', '019a0000-0000-7000-8000-000000000001', 1, 'finished', 'enterprise', 'text', 'hi', 0, now(), now());
    INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, random_id, planned_at, state, outcome, settled_at, attempts, tried_at, message_id)
      SELECT id, user_id, gen_random_uuid(), gen_random_uuid(), 1, now(), 'sent', 'sent', now(), 1, now(), 9 FROM cycles`);
  for (const name of rest) await apply(name);
  await applySqlFunctions(sql);
  await sql.end();
  const world = await openWorld({}, url);
  onTestFinished(() => world.close());
  const { views } = world.database;
  expect(await views.bot("019a0000-0000-7000-8000-000000000001")).toMatchObject({
    status: "stopped",
    cycle: { counts: { sent: 1 } },
  });
  expect(await views.users()).toMatchObject([{ email: "ada@example.org" }]);
});
