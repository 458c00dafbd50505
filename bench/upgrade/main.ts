// pnpm run upgrade --from 0ff9810 --rounds 5 --seed 1
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { interruption, optionsOf, whole } from "../command-line.ts";
import { FormerVersion } from "./former-version.ts";
import { isClean, upgrade } from "./upgrade.ts";

const HELP = `Usage: pnpm run upgrade --from COMMIT [--rounds N] [--seed N] [--log FILE]

  --from COMMIT  the former version, a commit of this repository
  --rounds N     how often it is filled, killed and upgraded, two to four minutes each (1)
  --seed N       of the first round: what is played, and when the kill comes (1)
  --log FILE     where everything goes that was done, and that the engines of the last round said`;

function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      from: { type: "string" },
      rounds: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      log: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  if (values.from === undefined) throw new Error("Say which version is upgraded: --from COMMIT.");
  return {
    from: values.from,
    rounds: whole("rounds", values.rounds, 1_000),
    seed: whole("seed", values.seed, 1_000_000),
    log: values.log,
  };
}

const options = optionsOf(readOptions, HELP);
const interrupted = interruption();

try {
  console.log(`Checking ${options.from} out and installing it …`);
  await using former = await FormerVersion.checkOut(options.from);
  let clean = 0;
  for (let round = 0; round < options.rounds; round++) {
    const seed = options.seed + round;
    const onPhase = (phase: string) => console.log(`round ${round + 1}/${options.rounds}, seed ${seed}: ${phase}`);
    const result = await upgrade(former, { seed, signal: interrupted, onPhase });
    const { timelines, journal, ...figures } = result;
    console.log(JSON.stringify(figures, null, 2));
    for (const timeline of timelines) console.log(`\n${timeline}`);
    if (options.log !== undefined) writeFileSync(options.log, journal.toString());
    if (isClean(result)) clean += 1;
  }
  console.log(`${clean} of ${options.rounds} rounds lost, doubled, forgot and miscounted nothing.`);
  process.exitCode = clean === options.rounds ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
