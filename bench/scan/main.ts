// pnpm run scan -- --requests 5000 --seed 1
import { parseArgs } from "node:util";
import { startTestDatabase } from "@herald/scripts/test-database";
import { optionsOf, whole } from "../command-line.ts";
import { scan } from "./scan.ts";

function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      requests: { type: "string", default: "5000" },
      seed: { type: "string", default: "1" },
    },
  });
  return { requests: whole("requests", values.requests, 1_000_000), seed: whole("seed", values.seed, 2 ** 30) };
}

const options = optionsOf(readOptions, "Usage: pnpm run scan [--requests N] [--seed N]");
const server = await startTestDatabase();
try {
  const result = await scan({
    ...options,
    database: { url: server.url, drop: async () => {} },
    onProgress: (text) => console.error(text),
  });
  console.log(JSON.stringify(result, null, 2));
  process.exitCode = result.findings.length === 0 && result.stalls.length === 0 ? 0 : 1;
} finally {
  server.stop();
}
