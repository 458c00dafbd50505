// Starts PostgreSQL on a thread of its own: pg_ctl is waited for, and the emulator must go on meanwhile.
import { parentPort } from "node:worker_threads";
import { startDatabase } from "@herald/scripts/database";

parentPort?.on("message", (options: Parameters<typeof startDatabase>[0]) => {
  startDatabase(options).then(
    ({ url }) => parentPort?.postMessage({ url }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});
