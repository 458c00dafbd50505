import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { requireNoDemoLogins } from "./demo.ts";
import { readSettings } from "./settings.ts";
import { createTestDatabase } from "./test-database.ts";

const STATE_DIR = join(tmpdir(), `herald-none-${process.pid}`);
const random = () => randomBytes(32).toString("base64");
const OTHERS = "postgresql://me@db.example.org/mine";

test.each([
  [
    "fills no database but its own",
    { DATABASE_URL: OTHERS },
    /DATABASE_URL .* Set DEMO=0 .* or leave DATABASE_URL out/,
  ],
  ["is shown to nobody else", { WEB_HOST: "0.0.0.0" }, /WEB_HOST .* Leave WEB_HOST at 127\.0\.0\.1, or set DEMO=0/],
  ["is shown on no network", { WEB_HOST: "::" }, /WEB_HOST /],
  ["is shown at no address of this machine", { WEB_HOST: "192.168.1.5" }, /WEB_HOST /],
  ["is not called by what begins like this machine", { WEB_HOST: "127.0.0.1.example.org" }, /WEB_HOST /],
  ["is led to by nobody", { NEXTAUTH_URL: "https://herald.example.org" }, /NEXTAUTH_URL .* Leave NEXTAUTH_URL out/],
  ["says all that is wrong", { DATABASE_URL: OTHERS, WEB_HOST: "0.0.0.0" }, /DATABASE_URL .*\n.*WEB_HOST /],
])("the demo %s, and makes nothing before it says so", (_, environment, says) => {
  for (const DEMO of ["1", undefined, ""])
    expect(() => readSettings({ STATE_DIR, DEMO, ...environment })).toThrow(says);
  expect(existsSync(STATE_DIR)).toBe(false);
  expect(() => readSettings({ STATE_DIR, DEMO: "1", ...environment })).not.toThrow("example.org");
});

test("what is real goes where it is told to", () => {
  const [NEXTAUTH_SECRET, ENGINE_JWT_SECRET, SESSION_KEY] = [random(), random(), random()];
  const secrets = { NEXTAUTH_SECRET, ENGINE_JWT_SECRET, SESSION_KEY };
  const environment = { DATABASE_URL: OTHERS, WEB_HOST: "0.0.0.0", NEXTAUTH_URL: "https://herald.example.org" };
  expect(readSettings({ STATE_DIR, ...secrets, DEMO: "0", ...environment })).toMatchObject(environment);
  for (const WEB_HOST of ["localhost", "127.0.0.1", "127.0.0.2", "::1", "LOCALHOST"])
    expect(readSettings({ STATE_DIR, ...secrets, WEB_HOST })).toMatchObject({ DEMO: true, WEB_HOST });
  for (const NEXTAUTH_URL of ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"])
    expect(readSettings({ STATE_DIR, ...secrets, NEXTAUTH_URL })).toMatchObject({ NEXTAUTH_URL });
  expect(existsSync(STATE_DIR)).toBe(false);
});

test("a database with the demo's logins is refused until they are disabled, as the refusal says", async () => {
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  const add = (email: string) =>
    client.query("INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), $1, 'Ada', 'x')", [
      email,
    ]);
  await add("me@example.org");
  await requireNoDemoLogins(url);
  await add("user@herald.example");
  await add("admin@herald.example");

  const refused = await requireNoDemoLogins(url).catch((error: Error) => error.message);
  expect(refused).toContain("admin@herald.example and user@herald.example");
  const [, sql = ""] = /\n {2}(UPDATE .*;)$/.exec(`${refused}`) ?? [];
  await client.query(sql);
  await requireNoDemoLogins(url);
  const { rows } = await client.query("SELECT email FROM users WHERE disabled ORDER BY email");
  expect(rows).toEqual([{ email: "admin@herald.example" }, { email: "user@herald.example" }]);
});
