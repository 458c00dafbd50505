import { join } from "node:path";
import { type Database, startDatabase } from "./database.ts";
import { databasePasswords } from "./secrets.ts";
import type { Settings } from "./settings.ts";

/** The database of the settings: the one that DATABASE_URL names, else our own. */
export async function openDatabase(settings: Settings): Promise<Database> {
  const { DATABASE_URL: url, state } = settings;
  if (url !== undefined) return { url, adminUrl: url, wasRunning: true, stop: () => {} };
  // The demo's data never meets the real thing's.
  const name = settings.DEMO ? "herald_demo" : "herald";
  return startDatabase({ folder: join(state, "postgresql"), name, passwords: databasePasswords(state) });
}
