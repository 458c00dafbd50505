// Runs a program of the engine on the database and keys that `npm start` uses: `pnpm run create-admin`, `keys:rotate`, and `engine`,
// one more of them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { engineEnvironment } from "./apps.ts";
import { requireNoDemoLogins } from "./demo.ts";
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
    if (!settings.DEMO) await requireNoDemoLogins(database.url);
    const env = engineEnvironment(settings, database.url);
    const [command, ...given] = process.argv.slice(2).filter((argument) => argument !== "--"); // pnpm passes its own on
    const args = [`apps/engine/src/${command}.ts`, ...given];
    const child = spawn(process.execPath, args, { env, stdio: "inherit" });
    process.on("SIGTERM", () => child.kill());
    process.on("SIGINT", () => {}); // Ctrl-C in the terminal reaches the program as well, and it ends in order
    await once(child, "exit");
    process.exitCode = child.exitCode ?? 1;
  } finally {
    if (!database.wasRunning) database.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
