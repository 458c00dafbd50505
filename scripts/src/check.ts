// `npm test`: the static checks, the tests of all packages and the end-to-end tests; then one line with their count.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";
import { startTestDatabase } from "./test-database.ts";

type Count = { passed: number; failed: number };
/** A file of vitest's report; one that could not be loaded or set up has failed without a failed test. */
type TestFile = { status: string; assertionResults: { status: string }[] };

const REPORTS = join(ROOT, ".herald/reports");
/** vitest keeps a core for itself unless it is told: on two, one file would run at a time. */
const A_FILE_A_CORE = ["--maxWorkers=100%"];
const CHECKS = ["lint", "typecheck", "boundaries", "unused", "workspace", "build"];

process.chdir(ROOT);
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const counts = [...CHECKS.map(check), await unitTests(), endToEndTests()];
const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;

/** A check of the code counts when it fails, so that the last line tells; it is no test when it passes. */
function check(script: string): Count {
  return { passed: 0, failed: succeeds("pnpm", ["run", script]) ? 0 : 1 };
}

async function unitTests(): Promise<Count> {
  const report = join(REPORTS, "vitest.json");
  const database = await startTestDatabase();
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const env = { TEST_DATABASE_URL: database.url };
    return count(succeeds("vitest", ["run", ...A_FILE_A_CORE, ...reporters], { env }), () => {
      const { numPassedTests, numFailedTests, testResults } = read(report);
      const isBroken = ({ status, assertionResults }: TestFile) =>
        status === "failed" && !assertionResults.some((result) => result.status === "failed");
      const broken = testResults.filter(isBroken).length;
      return { passed: numPassedTests, failed: numFailedTests + broken };
    });
  } finally {
    database.stop();
  }
}

function endToEndTests(): Count {
  const report = join(REPORTS, "playwright.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  return count(succeeds("pnpm", ["exec", "playwright", "test", "--reporter=list,json"], { env, folder: "e2e" }), () => {
    const { expected, unexpected } = read(report).stats;
    return { passed: expected, failed: unexpected };
  });
}

/** What the runner reported; a runner that failed otherwise, or left no report, counts as one failure. */
function count(succeeded: boolean, reported: () => Count): Count {
  try {
    const { passed, failed } = reported();
    return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function read(report: string) {
  return JSON.parse(readFileSync(report, "utf8"));
}

function succeeds(command: string, args: string[], { env = {}, folder = "." } = {}): boolean {
  console.log(`\n── ${[command, ...args].slice(0, 4).join(" ")}`);
  const options = { cwd: join(ROOT, folder), stdio: "inherit", env: { ...process.env, ...env } } as const;
  return spawnSync(command, args, options).status === 0;
}
