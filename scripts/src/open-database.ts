import { join } from "node:path";
import { type Database, startDatabase } from "./database.ts";
import type { Settings } from "./settings.ts";

/** The database of the settings: the one that DATABASE_URL names, else our own. */
export async function openDatabase(settings: Settings): Promise<Database> {
  if (settings.DATABASE_URL !== undefined) return { url: settings.DATABASE_URL, wasRunning: true, stop: () => {} };
  // The demo's data never meets the real thing's.
  const name = settings.DEMO ? "herald_demo" : "herald";
  return startDatabase({ folder: join(settings.state, "postgresql"), port: settings.PG_PORT, name });
}
