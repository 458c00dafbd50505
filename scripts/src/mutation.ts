// `pnpm run mutation [package …]`: breaks each condition of these packages once, and asks their tests whether they notice.
// Slow, and so no part of `npm test`. The reports lie in packages/<name>/reports/.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./root.ts";

const PACKAGES = ["contract", "core", "api", "telegram", "vault"];

const asked = process.argv.slice(2).filter((argument) => argument !== "--"); // pnpm passes its own on
const unknown = asked.filter((name) => !PACKAGES.includes(name));
if (unknown.length > 0) {
  console.error(`Not among ${PACKAGES.join(", ")}: ${unknown.join(", ")}. Nothing was run.`);
  process.exit(2);
}
const failed = (asked.length > 0 ? asked : PACKAGES).filter((name) => {
  console.log(`\n── ${name}`);
  const cwd = join(ROOT, "packages", name);
  return spawnSync("stryker", ["run", "../../stryker.config.mjs"], { cwd, stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) console.log(`\nToo many mutants went unnoticed, or it could not run: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
