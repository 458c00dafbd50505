// pnpm run torture -- --kills 50 --seed 1 --engines 3 --json out.json
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { interruption, optionsOf, whole } from "../command-line.ts";
import { showProgress } from "./progress.ts";
import { FULL_SCALE } from "./stage.ts";
import { boundOf, isClean, torture } from "./torture.ts";

const HELP = `Usage: pnpm run torture -- [--kills N] [--seed N] [--engines N] [--json FILE] [--log FILE]

  --kills N     how often something is killed, paused, cut or stopped (50)
  --seed N      which acts and which faults (1)
  --engines N   how many engines share the work (1)
  --json FILE   where the numbers go as well
  --log FILE    where everything goes that was done, and that the engines said`;

function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      kills: { type: "string", default: "50" },
      seed: { type: "string", default: "1" },
      engines: { type: "string", default: "1" },
      json: { type: "string" },
      log: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  return {
    kills: whole("kills", values.kills, 10_000),
    seed: whole("seed", values.seed, 2 ** 31),
    engines: whole("engines", values.engines, 10),
    json: values.json,
    log: values.log,
  };
}

const options = optionsOf(readOptions, HELP);
const interrupted = interruption();

const { json, log, ...run } = options;
console.log(
  `${run.kills} acts on ${run.engines} ${run.engines === 1 ? "engine" : "engines"}, seed ${run.seed}: at most ${Math.ceil(boundOf(run) / 60)} minutes.`,
);
const progress = showProgress(run.kills);
try {
  const result = await torture({
    ...run,
    scale: FULL_SCALE,
    signal: interrupted,
    onProgress: progress.update,
  });
  progress.end();
  const { timelines, journal, ...numbers } = result;
  console.log(JSON.stringify(numbers, null, 2));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...numbers, timelines }, null, 2)}\n`);
  if (log !== undefined) writeFileSync(log, journal.toString());
  for (const timeline of timelines) console.log(`\n${timeline}`);
  process.exitCode = isClean(result) ? 0 : 1;
} catch (error) {
  progress.end();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
