// Runs a command of the engine, on the database and keys that `npm start` uses: `pnpm run create-admin`, `rotate-session-key`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { run } from "./processes.ts";
import { ROOT } from "./root.ts";
import { readSettings } from "./settings.ts";

try {
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile();
  const settings = readSettings();
  await run({ name: "Generating the database client", command: "turbo", args: ["run", "//#prisma:generate"] });
  const database = await openDatabase(settings);
  try {
    await migrate(database.url);
    const env = { ...process.env, ...settings.appEnvironment, DATABASE_URL: database.url };
    const [command, ...given] = process.argv.slice(2).filter((argument) => argument !== "--"); // pnpm passes its own on
    const args = [`apps/engine/src/${command}.ts`, ...given];
    process.exitCode = spawnSync(process.execPath, args, { env, stdio: "inherit" }).status ?? 1;
  } finally {
    if (!database.wasRunning) database.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
