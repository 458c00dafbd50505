import { setTimeout as sleep } from "node:timers/promises";
import { engine as present } from "@herald/engine/testing";
import { readBooks } from "../torture/books.ts";
import { Crowd } from "../torture/crowd.ts";
import type { EngineProcess } from "../torture/engine-process.ts";
import { noteHolders } from "../torture/holders.ts";
import type { Counts } from "../torture/invariants/violation.ts";
import type { Journal } from "../torture/journal.ts";
import type { Postgres } from "../torture/postgres.ts";
import { Random } from "../torture/random.ts";
import { COOLDOWN } from "../torture/set-up.ts";
import { spoil } from "../torture/stage.ts";
import { timelineOf } from "../torture/timeline.ts";
import { countsOf, judge } from "../torture/verdict.ts";
import { wrongCounters } from "./counters.ts";
import { countFacts, type Facts } from "./facts.ts";
import { changedRows, keepFormerRows } from "./former-rows.ts";
import { type FormerVersion, ROOT, runScript } from "./former-version.ts";
import { killUnderLoad, type Load } from "./load.ts";
import { type Resumed, readResumed } from "./resumed.ts";
import { type Scene, setScene } from "./scene.ts";

/** Longest that the resumed cycles, and those that follow on them, take to their ends, in milliseconds. */
const FINISHED_WITHIN_MS = 420_000;
const LOOK_MS = 500;
/** Violations that are drawn of one round. */
const MOST_TIMELINES = 5;

export interface UpgradeResult {
  seed: number;
  sessionStore: Scene["sessionStore"];
  users: number;
  accounts: number;
  killed: Load;
  /** seconds */
  migration: number;
  boot: number;
  /** waits from before the kill that were not over when this version's engine came up */
  outlastingWaits: number;
  facts: Facts;
  resumed: Omit<Resumed, "wrong">;
  /** of the whole round; the violations among them are those since the kill */
  counts: Counts;
  /** violations before the kill: the former version's own */
  formerViolations: number;
  waitsNeverHeard: number;
  seconds: number;
  /** what must not be, besides the counts */
  faults: string[];
  /** of violations since the kill, drawn for a person */
  timelines: string[];
  journal: Journal;
}

/** True when nothing was lost, doubled, forgotten or miscounted. */
export const isClean = ({ facts, faults, timelines }: UpgradeResult): boolean =>
  faults.length === 0 && timelines.length === 0 && Object.values(facts).every(({ lost }) => lost === 0);

/**
 * Lets the former version post until its cycles are in the middle, kills it, upgrades its database as an operator does, starts
 * this version's engine, and has it finish what was begun; then compares what stands in the chats with what the database says.
 * Leaves nothing behind.
 * @throws Error when a part of it does not come to its end in time; the signal's reason
 */
export async function upgrade(
  former: FormerVersion,
  options: { seed: number; signal: AbortSignal; onPhase: (phase: string) => void },
): Promise<UpgradeResult> {
  const { seed, signal, onPhase } = options;
  const startedAt = performance.now();
  const random = new Random(seed);
  const faults: string[] = [];
  await using stack = new AsyncDisposableStack();
  onPhase("sets the former version up");
  const scene = await setScene(stack, former, { seed, random });
  const { stage, emulator, postgres, journal, users, sessionStore } = scene;
  const holders = noteHolders(scene);

  onPhase("lets it post, and kills it");
  const { load, killedAt, over } = await killUnderLoad(scene, random, signal);
  faults.push(...scene.engine.misbehaviour.map((text) => `the former engine ${text}`));

  onPhase("migrates the database");
  const tables = await keepFormerRows(postgres);
  const migration = await secondsOf(() =>
    runScript(ROOT, ["run", "db:migrate"], { DEMO: "0", DATABASE_URL: postgres.url, STATE_DIR: scene.folder }),
  );
  const after = [...(await changedRows(postgres, tables)), ...(await wrongCounters(postgres))];
  faults.push(...after.map((text) => `after the migration: ${text}`));
  const facts = await countFacts(postgres);

  onPhase("starts this version");
  emulator.faults.clear();
  spoil(emulator);
  const engine = scene.makeEngine(present.program);
  const boot = await secondsOf(() => engine.start());
  over();
  const waits = emulator.record.issuedWaits().filter(({ at, until }) => at < killedAt && until > Date.now());
  faults.push(...(await wrongAfterBoot(scene)));

  onPhase("finishes the cycles");
  faults.push(...(await finish(scene, engine, signal)));

  onPhase("judges");
  const { wrong, ...resumed } = await readResumed(postgres);
  const books = await readBooks(postgres);
  const verdict = judge(emulator, books, {
    defaultCooldown: COOLDOWN,
    deeds: journal.deeds,
    holders,
    optOuts: scene.optOuts,
    suspensions: [],
    outages: [],
  });
  const violations = verdict.violations.filter(({ until }) => until >= killedAt);
  faults.push(
    ...wrong,
    ...(await wrongCounters(postgres)).map((text) => `at the end: ${text}`),
    ...books.sessions.flatMap(({ code, count }) =>
      code?.endsWith("UNREADABLE") ? [`${count} accounts are ${code}`] : [],
    ),
  );
  return {
    seed,
    sessionStore,
    users: users.length,
    accounts: stage.accounts.length,
    killed: load,
    migration,
    boot,
    outlastingWaits: waits.length,
    facts,
    resumed,
    counts: countsOf(books.deliveries, violations),
    formerViolations: verdict.violations.length - violations.length,
    waitsNeverHeard: verdict.waitsNeverHeard,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    faults,
    timelines: violations.slice(0, MOST_TIMELINES).map((violation) => timelineOf(violation, emulator, books, journal)),
    journal,
  };
}

/** What the engine's boot and this version's API make of that which the former version left, in words. */
async function wrongAfterBoot({ postgres, people, apiKeys }: Scene): Promise<string[]> {
  const wrong = await postgres.query<{ text: string }>(
    `SELECT format('the bot of user %s ran and is %s, %s', b.user_id, b.status, b.stop_reason) AS text
     FROM bots b JOIN former.bots f ON b.user_id = (f.row ->> 'user_id')::uuid
     WHERE f.row ->> 'status' = 'running' AND (b.status, b.stop_reason) <> ('stopped', 'engine_restart')`,
  );
  const faults = wrong.map(({ text }) => text);
  for (const key of apiKeys) {
    const { status } = await people.caller(async () => `Bearer ${key}`).request("/api/bot/status");
    if (status !== 200) faults.push(`an API key of the former version is answered with ${status}`);
  }
  return faults;
}

/**
 * The users start their bots until the cycles that were cut off have come to their ends; then those that follow may end too, and
 * the engine.
 * @returns what went wrong, in words
 */
async function finish(scene: Scene, engine: EngineProcess, signal: AbortSignal): Promise<string[]> {
  const crowd = new Crowd({ ...scene, engines: [engine] });
  const late = AbortSignal.any([signal, AbortSignal.timeout(FINISHED_WITHIN_MS)]);
  const resumed = new AbortController();
  const starting = crowd.keepRunning(AbortSignal.any([late, resumed.signal]));
  while (!late.aborted && (await countUnfinished(scene.postgres)) > 0) await sleep(LOOK_MS);
  resumed.abort();
  await starting;
  scene.emulator.faults.clear();
  const endless = await crowd.finish(late);
  signal.throwIfAborted();
  await engine.terminate();
  return [
    ...engine.misbehaviour.map((text) => `the engine ${text}`),
    ...endless.map((id) => `the cycle of user ${id} did not come to its end in ${FINISHED_WITHIN_MS / 1000} s`),
    ...[...crowd.faults].map(([what, times]) => `${what} was answered with a fault of the engine's, ${times} times`),
  ];
}

/** How many cycles that the former version left open are so still. */
async function countUnfinished(postgres: Postgres): Promise<number> {
  const rows = await postgres.query(
    `SELECT FROM cycles c JOIN former.cycles f ON c.id = (f.row ->> 'id')::uuid WHERE c.state IN ('running', 'open')`,
  );
  return rows.length;
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return Math.round((performance.now() - since) / 100) / 10;
}
