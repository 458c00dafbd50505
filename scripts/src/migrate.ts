import { createRequire } from "node:module";
import { run } from "./processes.ts";
import { ROOT } from "./root.ts";

/**
 * Brings the database at `url` to the newest schema.
 * @throws Error with what Prisma printed
 */
export async function migrate(url: string, signal?: AbortSignal): Promise<void> {
  const prisma = createRequire(`${ROOT}/package.json`).resolve("prisma/build/index.js");
  const command = { name: "Migrating the database", command: process.execPath, args: [prisma, "migrate", "deploy"] };
  await run({ ...command, env: { DATABASE_URL: url } }, signal);
}
