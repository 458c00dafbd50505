// What a forward costs in CPU, with GramJS as it comes and as Herald runs it: `node test/bench/forward-cost.ts [forwards] [rounds]`.
// Each round runs every variant in a process of its own against one emulator, in turn; medians and ratios are printed.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { startEmulator } from "@herald/telegram-emulator";

const VARIANTS = ["stock client", "own connection", "own connection, native functions"] as const;
const CLIENTS = 20;

const worker = fileURLToPath(new URL("./forward-worker.ts", import.meta.url));
const { positionals } = parseArgs({ allowPositionals: true });
const [forwards = 2_000, rounds = 5] = positionals.map(Number);

const emulator = await startEmulator();
const accounts = Array.from({ length: CLIENTS }, (_, n) =>
  emulator.world.account({ phone: `+999660001${String(n).padStart(2, "0")}` }),
);
emulator.world.channel({
  username: "news_channel",
  title: "News",
  posts: ["An announcement of some length. ".repeat(10)],
});
// A group for each account: GramJS's client subscribes to updates, and would be charged for what the others post.
for (const [n, account] of accounts.entries())
  emulator.world.supergroup({ username: `open_group_${n}`, title: "Group", members: [account] });
const authKeys = accounts.map((account) => account.authKey().toString("base64"));

const costs = new Map<string, number[]>(VARIANTS.map((variant) => [variant, []]));
for (let round = 0; round < rounds; round += 1)
  for (const variant of VARIANTS) {
    const input = JSON.stringify({ variant, dc: emulator.dc, authKeys, forwards });
    const { stdout } = await promisify(execFile)(process.execPath, [worker, input]);
    costs.get(variant)?.push(JSON.parse(stdout).cpuSecondsPer1000);
  }
await emulator.stop();

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const base = median(costs.get(VARIANTS[0]) ?? []);
for (const [variant, values] of costs)
  console.log(
    `${variant.padEnd(34)} ${median(values).toFixed(3)} CPU-s per 1,000 forwards   ${(median(values) / base).toFixed(2)} of stock`,
  );
