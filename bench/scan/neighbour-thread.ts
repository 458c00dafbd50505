// Asks the engine for somebody's status, and whether it lives, again and again; see neighbour.ts.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { type Heard, type Place, type Spread, STALL_MS } from "./neighbour.ts";

/** Questions before the first that counts: connections are opened, and code is compiled. */
const WARM_UP = 20;
/** Linux counts a thread's time in ticks of so many milliseconds. */
const TICK_MS = 10;

interface Asked {
  from: number;
  ms: number;
  engineMs: number;
}

const { url, pid, authorization } = workerData as Place;
const left = new AbortController();
parentPort?.once("message", () => left.abort());
/** What is asked, and the pause after an answer, in milliseconds: what costs the engine something is asked less often. */
const questions = [
  { question: `${url}/trpc/bot.status`, pauseMs: 50 },
  { question: `${url}/live`, pauseMs: 10 },
];

for (let n = 0; n < WARM_UP; n++) await Promise.all(questions.map(({ question }) => ask(question)));
parentPort?.postMessage("in");
const [status = [], live = []] = await Promise.all(questions.map(askAgainAndAgain));
parentPort?.postMessage({
  status: spread(status),
  live: spread(live),
  slow: longest(status.filter(({ ms }) => ms > STALL_MS)),
  stalls: longest(live.filter(({ ms, engineMs }) => Math.min(ms, engineMs) > STALL_MS)),
} satisfies Heard);

async function ask(question: string): Promise<Asked> {
  const [from, worked] = [performance.now(), workedMs()];
  const answer = await fetch(question, { headers: { authorization } });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the neighbour was answered with ${answer.status}`);
  return { from, ms: performance.now() - from, engineMs: workedMs() - worked };
}

/** How long the engine's main thread has been at work. Where the system does not say, all time counts as its work. */
function workedMs(): number {
  if (process.platform !== "linux") return performance.now();
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function askAgainAndAgain({ question, pauseMs }: (typeof questions)[number]): Promise<Asked[]> {
  const asked: Asked[] = [];
  while (!left.signal.aborted) {
    asked.push(await ask(question));
    await sleep(pauseMs);
  }
  return asked;
}

function longest(asked: readonly Asked[]): Asked[] {
  return asked.map((one) => ({ ...one, from: performance.timeOrigin + one.from })).sort((a, b) => b.ms - a.ms);
}

function spread(asked: readonly Asked[]): Spread {
  const sorted = asked.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN) * 10) / 10;
  return { asked: sorted.length, median: at(0.5), p99: at(0.99), worst: at(1) };
}
