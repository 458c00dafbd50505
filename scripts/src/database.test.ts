import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Database, startDatabase } from "./database.ts";
import { freePort } from "./ports.ts";
import { randomPasswords } from "./test-database.ts";

/** A PostgreSQL is made, stopped and started a few times, on a machine that has other things to do. Milliseconds. */
const TIMEOUT_MS = 60_000;

/** Where a PostgreSQL may be, and what starts one there. */
function place(...below: string[]) {
  const top = mkdtempSync(join(tmpdir(), "herald-pg-"));
  chmodSync(top, 0o711); // root's PostgreSQL runs as another user
  const undoings: Array<() => void> = [];
  const folder = join(top, ...below, "postgresql");
  const passwords = randomPasswords();
  return {
    folder,
    async start(given = passwords) {
      const database = await startDatabase({ folder, name: "herald", passwords: given, durable: false });
      undoings.push(database.stop);
      return database;
    },
    undo: (undoing: () => void) => undoings.push(undoing),
    remove() {
      for (const undo of undoings) undo();
      rmSync(top, { recursive: true, force: true });
    },
  };
}

async function query(connectionString: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {}); // its server may be stopped
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** The address with another user or password. */
function as(url: string, who: Partial<Pick<URL, "username" | "password">>): string {
  return Object.assign(new URL(url), who).href;
}

const socketFolderOf = ({ url }: Database) => new URL(url).searchParams.get("host") ?? "";

describe("a PostgreSQL of our own", () => {
  const at = place("a folder, with 'letters' of \"all\" $kinds %20 %zz äöü");
  const { folder } = at;
  let database: Database;
  beforeAll(async () => {
    database = await at.start();
  }, TIMEOUT_MS);
  afterAll(() => at.remove());

  test("is reached through a socket that nobody else can reach, by a password that nobody else knows", async () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(socketFolderOf(database)).toBe(folder);
    expect(await query(database.url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "" }]);
    for (const username of ["postgres", "herald"])
      for (const password of ["postgres", "herald", ""])
        await expect(query(as(database.url, { username, password }), "SELECT 1")).rejects.toThrow();
  });

  test("belongs to engines and migrations, which can do nothing outside of it", async () => {
    expect(
      await query(
        database.url,
        `SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, pg_get_userbyid(datdba) AS owner
         FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
      ),
    ).toEqual([
      {
        rolname: "herald",
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolbypassrls: false,
        owner: "herald",
      },
    ]);
    await query(
      database.url,
      "CREATE SCHEMA mine",
      "CREATE TABLE mine.rows (id int)",
      "CREATE TABLE public.rows (id int)",
    );
    for (const refused of [
      "COPY public.rows FROM PROGRAM 'echo 1'",
      "COPY public.rows TO '/tmp/herald-rows'",
      "SELECT pg_read_file('postgresql.conf')",
      "SELECT rolpassword FROM pg_authid",
      "CREATE ROLE other",
      "CREATE DATABASE other",
      "ALTER ROLE postgres PASSWORD 'mine'",
      "ALTER SYSTEM SET listen_addresses = '*'",
    ])
      await expect(query(database.url, refused), refused).rejects.toMatchObject({ code: "42501" });
  });

  test("is taken over where a killed Herald left it running, and let be where it knows another password", async () => {
    expect(await at.start()).toMatchObject({ url: database.url, wasRunning: true });
    await expect(at.start(randomPasswords())).rejects.toThrow(/process \d+\), and start again\. Nothing was changed\./);
    expect(await query(database.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test(
    "opens itself, and its data, to whoever has lost the passwords and starts it with others",
    async () => {
      await query(database.url, "CREATE TABLE kept AS SELECT 7 AS row");
      database.stop();
      const other = await at.start(randomPasswords());
      expect(await query(other.url, "SELECT row FROM kept")).toEqual([{ row: 7 }]);
      await expect(query(database.url, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    },
    TIMEOUT_MS,
  );
});

/** What migrations and the queue make, of every kind. */
const FORMER_OBJECTS = `
  CREATE TYPE mood AS ENUM ('good');
  CREATE DOMAIN short AS text CHECK (length(VALUE) < 10);
  CREATE TABLE people (id serial PRIMARY KEY, seat int GENERATED ALWAYS AS IDENTITY, mood mood, name short UNIQUE);
  CREATE VIEW names AS SELECT name FROM people;
  CREATE SEQUENCE numbers;
  CREATE TABLE posts (month int) PARTITION BY LIST (month);
  CREATE TABLE posts_1 PARTITION OF posts FOR VALUES IN (1);
  CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
  CREATE SCHEMA "the queue";
  CREATE TABLE "the queue".job (id serial, state mood);
  CREATE FUNCTION "the queue".make() RETURNS void LANGUAGE sql AS 'SELECT';
  INSERT INTO people (mood, name) VALUES ('good', 'Ada');
  INSERT INTO posts VALUES (1)`;

/** And what the next version may do with that, and the engine. */
const USES = [
  "INSERT INTO people (mood, name) VALUES ('good', 'Bob')",
  "SELECT nextval('numbers')",
  "ALTER TYPE mood ADD VALUE 'bad'",
  "ALTER DOMAIN short DROP CONSTRAINT short_check",
  "ALTER TABLE people ADD COLUMN age int",
  "CREATE OR REPLACE VIEW names AS SELECT name FROM people WHERE age IS NULL",
  "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n + n'",
  "DROP TABLE posts_1",
  'DROP SCHEMA "the queue" CASCADE',
  "SELECT name FROM names ORDER BY 1",
];

/**
 * A cluster as versions up to 0.1.0 made and started it: a superuser with a password that everybody knows, on a port.
 * @returns its address, while it runs
 */
async function formerCluster(at: ReturnType<typeof place>) {
  const { folder, start } = at;
  const made = await start({ superuser: "postgres", owner: "none" });
  const data = join(folder, "data");
  const [postgres = ""] = readFileSync(join(data, "postmaster.opts"), "utf8").split(" ");
  await query(made.adminUrl.replace("/herald?", "/postgres?"), "DROP DATABASE herald", "DROP ROLE herald");
  made.stop();
  chmodSync(folder, 0o755);
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
  const { uid, gid } = statSync(data);
  const pgCtl = (...args: string[]) =>
    spawnSync(join(dirname(postgres), "pg_ctl"), ["-D", data, "-w", ...args], {
      ...(process.getuid?.() === 0 && { uid, gid }),
      cwd: data,
      stdio: "ignore",
    });
  const stop = () => pgCtl("-m", "fast", "stop");
  at.undo(stop);
  expect(pgCtl("-l", join(folder, "server.log"), "-o", settings, "start").status).toBe(0);
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/herald`;
  await query(url.replace(/herald$/, "postgres"), "CREATE DATABASE herald");
  await query(url, FORMER_OBJECTS);
  return { url, stop };
}

test.each([
  ["was stopped", (former: { stop(): void }) => former.stop()],
  ["was left running, with its Herald killed", () => {}],
])(
  "a cluster of the version before that %s is changed over",
  async (_, leave) => {
    const at = place();
    onTestFinished(at.remove);
    const former = await formerCluster(at);
    leave(former);

    const database = await at.start();
    expect(database.wasRunning).toBe(false);
    await expect(query(former.url, "SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const known = as(database.url, { username: "postgres", password: "postgres" });
    await expect(query(known, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(statSync(at.folder).mode & 0o777).toBe(0o700);
    expect(await query(database.url, ...USES)).toEqual([{ name: "Ada" }, { name: "Bob" }]);
    expect(await at.start()).toMatchObject({ url: database.url, wasRunning: true });
  },
  TIMEOUT_MS,
);

test(
  "a folder too deep for a socket has one elsewhere, the same at the next start",
  async () => {
    const at = place("deep ".repeat(30));
    const first = await at.start();
    onTestFinished(() => {
      at.remove();
      rmSync(socketFolderOf(first), { recursive: true, force: true });
    });
    expect(await query(first.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    first.stop();
    const { url } = await at.start();
    expect(url).toBe(first.url);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  },
  TIMEOUT_MS,
);
