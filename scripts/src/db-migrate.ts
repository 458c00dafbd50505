// `pnpm run db:migrate`: the database that DATABASE_URL names, or Herald's own, brought to this version. `pnpm run db:migrate:dev`
// writes a migration of what is new in the schema instead; Prisma asks for its name.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { step } from "./progress.ts";
import { ROOT } from "./root.ts";
import { readSettings } from "./settings.ts";

try {
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile();
  const database = await openDatabase(readSettings());
  try {
    if (process.argv[2] === "--dev") process.exitCode = makeMigration(database.adminUrl);
    else await step("Migrating the database", () => migrate(database.url));
  } finally {
    if (!database.wasRunning) database.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * Writes it, and leaves it to be read before it is applied.
 * @param DATABASE_URL of somebody who may make databases: Prisma compares with one that it makes
 * @returns Prisma's exit code; what is wrong it says itself
 */
function makeMigration(DATABASE_URL: string): number {
  const env = { ...process.env, DATABASE_URL };
  return spawnSync("prisma", ["migrate", "dev", "--create-only"], { env, stdio: "inherit" }).status ?? 1;
}
