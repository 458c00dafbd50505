// What the ledger costs: lanes claim, "send" for a while, settle, and go on. Prints one line of JSON.
//   node packages/db/bench/ledger.ts --lanes 50 --posts 200 --users 5 --send 20
// With --serial each lane has a ledger of its own and waits for each settlement: what a ledger without batches would cost.
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startTestDatabase } from "@herald/scripts/test-database";
import pg from "pg";
import type { PostgresLedger } from "../src/ledger.ts";
import { claim, runningCycle, type Slot, settlement } from "../test/cycle.ts";
import { openWorld } from "../test/world.ts";

const { values } = parseArgs({
  options: {
    lanes: { type: "string", default: "50" },
    posts: { type: "string", default: "200" },
    users: { type: "string", default: "5" },
    /** ms that a send takes, on average */
    send: { type: "string", default: "20" },
    serial: { type: "boolean", default: false },
  },
});
const [lanes, posts, users, send] = [values.lanes, values.posts, values.users, values.send].map(Number) as [
  number,
  number,
  number,
  number,
];

/** CPU-seconds of a process so far. */
function cpuSeconds(pid: number): number {
  const TICKS_PER_SECOND = 100;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const server = await startTestDatabase();
process.env.TEST_DATABASE_URL = server.url;
const world = await openWorld();
const { database } = world;
const sql = new pg.Pool({ connectionString: world.url, max: 1 });

let chat = 0;
const work: Slot[][] = [];
for (let user = 0; user < users; user++) {
  const sessions = Math.ceil(lanes / users);
  const chats = Array.from({ length: posts }, () => `-100${++chat}`);
  const { slots } = await runningCycle(world, { sessions, chats });
  for (let lane = 0; lane < sessions && work.length < lanes; lane++)
    work.push(slots.slice(lane * posts, (lane + 1) * posts));
}
// lanes of one user share its chats, and the cool-down is not what is measured here
await sql.query("UPDATE chats SET cooldown = 0");
await sql.query("VACUUM ANALYZE");
const databases = values.serial ? await Promise.all(work.map(() => world.open())) : [database];
for (const [lane, one] of databases.entries()) await claim(one, work[lane]?.shift() as Slot);

const { rows } = await sql.query<{ pid: number }>(
  "SELECT pid FROM pg_stat_activity WHERE application_name = 'herald ledger'",
);
const backendSeconds = () => rows.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
const trips = () => databases.reduce((sum, one) => sum + (one.ledger as PostgresLedger).roundTrips, 0);
const begin = { time: performance.now(), cpu: process.cpuUsage(), backend: backendSeconds(), trips: trips() };
let done = 0;
const latencies: number[] = [];
await Promise.all(
  work.map(async (slots, lane) => {
    const own = databases[lane % databases.length] ?? database;
    for (const slot of slots) {
      const asked = performance.now();
      let answer = await claim(own, slot);
      while (answer.kind === "wait") {
        await setTimeout(Math.max(1, answer.until.getTime() - Date.now()));
        answer = await claim(own, slot);
      }
      latencies.push(performance.now() - asked);
      if (answer.kind !== "go") throw new Error(answer.kind);
      await setTimeout(send * (0.5 + Math.random()));
      own.ledger.settle(settlement(slot, { log: { level: "info", text: "Posted to a group." } }));
      if (values.serial) await own.ledger.flush();
      done += 1;
    }
  }),
);
await Promise.all(databases.map((one) => one.ledger.flush()));
const seconds = (performance.now() - begin.time) / 1000;
const cpu = process.cpuUsage(begin.cpu);
const per1000 = (n: number) => Number(((n / done) * 1000).toFixed(3));
latencies.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    lanes,
    serial: values.serial,
    posts: done,
    postsPerSecond: Math.round(done / seconds),
    roundTripsPerPost: Number(((trips() - begin.trips) / done).toFixed(3)),
    engineCpuSecondsPer1000: per1000((cpu.user + cpu.system) / 1e6),
    postgresCpuSecondsPer1000: per1000(backendSeconds() - begin.backend),
    claimMsMedian: Number((latencies[latencies.length >> 1] ?? 0).toFixed(1)),
    claimMs99: Number((latencies[Math.floor(latencies.length * 0.99)] ?? 0).toFixed(1)),
  }),
);
await sql.end();
await world.close();
server.stop();
