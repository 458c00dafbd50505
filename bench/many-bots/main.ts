// Many bots side by side: pnpm run bench:bots --bots 1000 --engines 1
import { parseArgs } from "node:util";
import { startTestDatabase } from "@herald/scripts/test-database";
import { optionsOf, whole } from "../command-line.ts";
import { runManyBots } from "./many-bots.ts";

function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      bots: { type: "string", default: "1000" },
      engines: { type: "string", default: "1" },
      cycles: { type: "string", default: "2" },
      "cycle-minutes": { type: "string", default: "6" },
    },
  });
  return {
    bots: whole("bots", values.bots, 10_000),
    engines: whole("engines", values.engines, 10),
    cycles: whole("cycles", values.cycles, 1000),
    cycleMinutes: whole("cycle-minutes", values["cycle-minutes"], 1440),
  };
}

const options = optionsOf(
  readOptions,
  "Usage: pnpm run bench:bots [--bots N] [--engines N] [--cycles N] [--cycle-minutes N]",
);
/** Between two lines of progress, in milliseconds. */
const LINE_EVERY_MS = 10_000;

const server = await startTestDatabase();
let lineAt = 0;
let phase = "";
try {
  const result = await runManyBots({
    ...options,
    database: { url: server.url, drop: async () => {} },
    onProgress: (text) => {
      const isNew = text.replace(/\d+/g, "") !== phase;
      if (!isNew && performance.now() - lineAt < LINE_EVERY_MS) return;
      [lineAt, phase] = [performance.now(), text.replace(/\d+/g, "")];
      console.log(text);
    },
  });
  console.log(JSON.stringify(result, null, 2));
  process.exitCode = result.posted === result.due && result.duplicated === 0 ? 0 : 1;
} finally {
  server.stop();
}
