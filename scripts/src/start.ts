// `npm start`: brings up all that Herald needs, and takes it down again in order. `--watch` for development.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { type App, demoSeed, emulator, engine, type Login, web } from "./apps.ts";
import { requireNoDemoLogins } from "./demo.ts";
import { lock } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { requireFree } from "./ports.ts";
import { run } from "./processes.ts";
import { step } from "./progress.ts";
import { ROOT } from "./root.ts";
import { readSettings, type Settings } from "./settings.ts";
import { supervise } from "./supervise.ts";

class Stopped extends Error {}

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stopping.abort(new Stopped()));
}
stopWith(process.env.LAUNCHED_BY);

try {
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile();
  const { values } = parseArgs({ options: { watch: { type: "boolean", default: false } } });
  await herald(readSettings(), values.watch, stopping.signal);
} catch (error) {
  if (error instanceof Stopped) console.log("Herald has stopped.");
  else {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

/** A TERM that reaches `npm start` alone ends its shell, whose id is `LAUNCHED_BY`, and would leave us behind. */
function stopWith(shell: string | undefined): void {
  if (!shell) return;
  const watch = () => {
    try {
      process.kill(Number(shell), 0);
    } catch {
      stopping.abort(new Stopped());
    }
  };
  setInterval(watch, 500).unref();
}

/** Waits for all, also when one fails: what the others have started must be known before it is stopped. */
async function together(...steps: (Promise<unknown> | false)[]): Promise<void> {
  for (const result of await Promise.allSettled(steps)) if (result.status === "rejected") throw result.reason;
}

/** Runs until the signal, or until something fails while it comes up; what it started is gone when it throws. */
async function herald(settings: Settings, watch: boolean, signal: AbortSignal): Promise<never> {
  await using stack = new AsyncDisposableStack();
  stack.defer(await lock(settings.state, settings.webUrl));
  await requireFree(settings.ports);

  const database = await step("Starting PostgreSQL", () => openDatabase(settings));
  stack.defer(() => database.stop());
  const keepRunning = async (app: App) => {
    const supervised = await supervise(app, signal);
    stack.defer(() => supervised.stop());
  };
  const { url } = database;
  const task = watch ? "//#prisma:generate" : "build";
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const build = { name: "The build", command: "turbo", args: ["run", task], env };
  await together(
    step("Migrating the database", () => migrate(url, signal)),
    step("Building the pages (half a minute the first time)", () => run(build, signal)),
    settings.emulator && step("Starting Telegram on this machine", () => keepRunning(emulator(settings))),
  );
  if (!settings.DEMO) await requireNoDemoLogins(url);
  const logins = settings.DEMO ? await step("Filling the demo", () => fillDemo(settings, url, signal)) : [];
  await together(
    step("Starting the engine", () => keepRunning(engine(settings, url, watch))),
    step("Starting the pages", () => keepRunning(web(settings, logins, watch))),
  );

  const lines = logins.map(({ label, email, password }) => `  ${label}: ${email}  ${password}\n`);
  console.log(`\nHerald is ready: ${settings.webUrl}\n${lines.join("")}\nCtrl-C stops it.\n`);
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  signal.throwIfAborted();
  try {
    return await stopped;
  } finally {
    console.log("Stopping …");
  }
}

/** Fills the demo's database with its users and accounts, once. The command's last line is the logins, as JSON. */
async function fillDemo(settings: Settings, url: string, signal: AbortSignal): Promise<Login[]> {
  const output = await run(demoSeed(settings, url), signal);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "[]");
}
