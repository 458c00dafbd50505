// Fills an empty database with the demo, and prints the logins as JSON. Run again it changes nothing.
import { fileURLToPath } from "node:url";
import { withServices } from "@herald/engine/with-services";
import { readWorldFile } from "@herald/telegram-emulator";
import { fillDemo, logins } from "./fill.ts";

try {
  const world = readWorldFile(fileURLToPath(new URL("../world.yaml", import.meta.url)));
  await withServices((services) => fillDemo(services, world));
  process.stdout.write(`${JSON.stringify(logins)}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
