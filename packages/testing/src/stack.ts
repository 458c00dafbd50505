import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Plan } from "@herald/contract";
import { freePort } from "@herald/scripts/ports";
import { createTestDatabase, type TestDatabase } from "@herald/scripts/test-database";
import { type Account, type Emulator, startEmulator, World } from "@herald/telegram-emulator";
import pg from "pg";
import type { EngineUnderTest, RunningEngine } from "./engine.ts";
import { type Caller, People, type Person } from "./people.ts";
import { signInBy } from "./sign-in.ts";

/** A whole Herald but for the pages: PostgreSQL, the emulator, and engines that can be started, stopped and started again. */
export interface Stack extends AsyncDisposable {
  emulator: Emulator;
  /** what an engine of this stack is started with */
  environment(engineId?: string): Record<string, string>;
  /** @param settings other ones than the stack's */
  startEngine(engineId?: string, settings?: Record<string, string>): Promise<RunningEngine>;
  /** An engine in a process of its own, to be killed. Resolves when it is healthy. */
  spawnEngine(engineId?: string): Promise<{ url: string; pid: number; kill(signal: NodeJS.Signals): Promise<void> }>;
  /** The first admin; speaks to the engine that was started last. */
  admin: Person;
  createUser(plan: Plan): Promise<Person>;
  /** Whoever has this id, as they speak to the engine that was started last. */
  person(id: string): Person;
  /** Whoever sends these credentials to it; null: none. */
  caller(authorization: () => Promise<string | null>): Caller;
  /** Puts accounts of the emulator into the pool, with an API pair for every seven. */
  fillPool(accounts: readonly Account[]): Promise<void>;
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(`${url}/api/health`).then(
    (response) => response.ok,
    () => false,
  );

export interface StackOptions {
  /** what the emulator begins with */
  world?: World;
  /** a migrated database, dropped with the stack @default one of the test run's server */
  database?: TestDatabase;
  /** what its engines are started with in place of the stack's own */
  settings?: Record<string, string>;
}

/** Starts a stack that runs `engine`: none of it yet, and an admin who waits for one. */
export async function startStackOf(engine: EngineUnderTest, options: StackOptions = {}): Promise<Stack> {
  const stack = new AsyncDisposableStack();
  const emulator = await startEmulator({ world: options.world ?? new World() });
  stack.defer(() => emulator.stop());
  const database = options.database ?? (await createTestDatabase());
  stack.defer(() => database.drop());
  const sql = new pg.Pool({ connectionString: database.url, max: 1 });
  sql.on("error", () => {}); // tests stop PostgreSQL
  stack.defer(() => sql.end());
  const folder = await mkdtemp(join(tmpdir(), "herald-engine-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keyFile = join(folder, "emulator.pem");
  await writeFile(keyFile, emulator.rsaPublicKeyPem);
  const jwtSecret = randomBytes(32).toString("base64");
  const sessionKey = randomBytes(32).toString("base64");

  const environment = (engineId = "test") => ({
    ENGINE_ID: engineId,
    ENGINE_PORT: "0",
    DATABASE_URL: database.url,
    ENGINE_JWT_SECRET: jwtSecret,
    SESSION_KEY: sessionKey,
    SESSIONS_DIR: join(folder, "sessions"),
    LOGS_DIR: join(folder, "logs"),
    LOG_LEVEL: "warn",
    TELEGRAM_DC: emulator.dc,
    TELEGRAM_RSA_PUBLIC_KEY: keyFile,
    DEFAULT_COOLDOWN_SECONDS: "0",
    ...options.settings,
  });

  let url = "";
  const people = new People(
    jwtSecret,
    () => url,
    signInBy(async (text, values) => (await sql.query(text, values)).rows),
  );
  const admin = await people.firstAdmin(engine, environment("set-up"));

  return {
    emulator,
    environment,
    admin,
    person: (id) => people.person(id),
    caller: (authorization) => people.caller(authorization),
    async startEngine(engineId, settings) {
      const running = await engine.start({ ...environment(engineId), ...settings });
      stack.defer(() => running.stop());
      url = running.url;
      return running;
    },
    async spawnEngine(engineId) {
      const port = await freePort();
      const child = spawn(process.execPath, [engine.program], {
        env: { ...environment(engineId), ENGINE_PORT: `${port}` },
        stdio: ["ignore", "inherit", "inherit"],
      });
      const ended = once(child, "exit");
      const kill = async (signal: NodeJS.Signals) => {
        child.kill(signal);
        await ended;
      };
      stack.defer(() => kill("SIGKILL"));
      url = `http://127.0.0.1:${port}`;
      while (!(await isHealthy(url))) {
        if (child.exitCode !== null) throw new Error("the engine ended while it started");
        await sleep(50);
      }
      return { url, pid: child.pid ?? 0, kill };
    },
    createUser: (plan) => people.user(admin, plan),
    fillPool: (accounts) => people.fillPool(admin, accounts),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
