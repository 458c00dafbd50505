// `pnpm run keys:new`: a new SESSION_KEY among the secrets that Herald keeps by itself. `keys:rotate` then seals with it what the
// former one sealed.
import { existsSync } from "node:fs";
import { ROOT } from "./root.ts";
import { renewSessionKey, secretsFile } from "./secrets.ts";
import { readSettings } from "./settings.ts";

try {
  process.chdir(ROOT);
  if (existsSync(".env")) process.loadEnvFile();
  const { state, appEnvironment } = readSettings();
  renewSessionKey(state, appEnvironment);
  console.log(`There is a new SESSION_KEY in ${secretsFile(state)}, and the former one is among SESSION_KEYS_OLD.`);
  console.log("Start Herald again, and every other engine; then run: npx --yes pnpm@12.21.0 run keys:rotate");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
