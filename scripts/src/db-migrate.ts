// `pnpm run db:migrate`: the database that DATABASE_URL names, or Herald's own, brought to this version.
import { existsSync } from "node:fs";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { step } from "./progress.ts";
import { ROOT } from "./root.ts";
import { readSettings } from "./settings.ts";

process.chdir(ROOT);
if (existsSync(".env")) process.loadEnvFile();
const database = await openDatabase(readSettings());
try {
  await step("Migrating the database", () => migrate(database.url));
} finally {
  if (!database.wasRunning) database.stop();
}
