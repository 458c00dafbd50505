import { setTimeout as sleep } from "node:timers/promises";
import { HealthDto } from "@herald/contract";
import { startStack } from "@herald/engine/testing";
import type { TestDatabase } from "@herald/scripts/test-database";
import type { Person } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import pg from "pg";
import { countDoubles, type Slot } from "./doubles.ts";

const LOOK_MS = 500;
/** Users who press something at the same moment. */
const HANDS = 4;
/** Chats that the bots share; there is no cool-down in this stack. Every account is a member of each. */
const CHATS = 50;

export interface ManyBotsOptions {
  bots: number;
  engines: number;
  /** of each bot, start to start: with two posts, the second one comes after half of it @default 2 */
  cycleMinutes?: number;
  /** cycles of each bot that are waited for @default 1 */
  cycles?: number;
  database: TestDatabase;
  /** what goes on */
  onProgress?: (text: string) => void;
}

/** Median and maximum, in seconds. */
interface Spread {
  median: number;
  max: number;
}

export interface ManyBotsResult {
  bots: number;
  /** posts that were to be made, and that stand in the groups: each place of a cycle counted once */
  due: number;
  posted: number;
  /** posts beyond those: see {@link countDoubles} */
  duplicated: number;
  /** most cycles at once, of all engines; and by engine when all bots had been started */
  runningAtOnce: number;
  byEngine: Record<string, number>;
  /** from a call of start to its answer */
  startSeconds: Spread;
  /** from when a post is due to the post in its group */
  lateSeconds: Spread;
  /** from when a later cycle is due, a length after the one before began, to its beginning; null with one cycle each */
  cycleLateSeconds: Spread | null;
  /** how long a job waited for a worker, and how long it kept one */
  jobWaitSeconds: Spread;
  jobHeldSeconds: Spread;
}

/**
 * Starts so many STARTER bots, with an account and two groups each, that all run side by side: between its posts each idles.
 * Measures whether every one posts on time, and whether the queue's workers are free meanwhile.
 */
export async function runManyBots(options: ManyBotsOptions): Promise<ManyBotsResult> {
  const { bots, engines, cycleMinutes = 2, cycles = 1, database, onProgress = () => {} } = options;
  await using stack = await startStack({ database });
  const sql = new pg.Pool({ connectionString: database.url, max: 2 });
  try {
    const urls: Record<string, string> = {};
    for (let n = 1; n <= engines; n++) {
      const { url } = await stack.spawnEngine(`engine-${n}`);
      urls[`engine-${n}`] = url;
    }
    onProgress("making users, accounts and groups");
    const users = await setUp(stack, bots, cycleMinutes);

    onProgress("starting the bots");
    let runningAtOnce = 0;
    const look = async () => {
      const byEngine = await runningCycles(urls);
      runningAtOnce = Math.max(
        runningAtOnce,
        Object.values(byEngine).reduce((sum, count) => sum + count, 0),
      );
      return byEngine;
    };
    const startSeconds: number[] = [];
    const [byEngine] = await Promise.all([
      untilStarted(look, () => startSeconds.length === bots),
      byHands(users, async (user) => {
        const asked = performance.now();
        await user.api.bot.start.mutate({});
        startSeconds.push((performance.now() - asked) / 1000);
      }),
    ]);

    const due = bots * 2 * cycles;
    const { record } = stack.emulator;
    while (record.size < due) {
      onProgress(`${record.size} of ${due} posts`);
      await look();
      await sleep(LOOK_MS);
    }
    const slots = await settledSlots(sql, due);
    const posts = record.entries();
    const duplicated = countDoubles(posts, slots);
    const late = posts.flatMap(({ randomId, at }) => {
      const slot = slots.get(randomId);
      return slot === undefined ? [] : [Math.max(0, (at - slot.plannedAt.getTime()) / 1000)];
    });
    const jobs = await doneJobs(sql);
    const cyclesLate = await laterCycles(sql, cycleMinutes);
    return {
      bots,
      due,
      posted: posts.length - duplicated,
      duplicated,
      runningAtOnce,
      byEngine,
      startSeconds: spread(startSeconds),
      lateSeconds: spread(late),
      cycleLateSeconds: cyclesLate.length === 0 ? null : spread(cyclesLate),
      jobWaitSeconds: spread(jobs.map(({ waited }) => waited)),
      jobHeldSeconds: spread(jobs.map(({ held }) => held)),
    };
  } finally {
    await sql.end();
  }
}

async function setUp(stack: Stack, bots: number, cycleMinutes: number): Promise<Person[]> {
  const { world } = stack.emulator;
  const accounts = Array.from({ length: bots }, (_, n) =>
    world.account({ phone: `99968${10_000 + n}`, firstName: `Account ${n}`, username: `account_${n}` }),
  );
  await stack.fillPool(accounts);
  for (let n = 0; n < CHATS; n++) world.supergroup({ username: `group_${n}`, title: `Group ${n}`, members: accounts });
  return byHands(accounts, async (_, n) => {
    const names = [n, n + 1].map((place) => `group_${place % CHATS}`);
    const user = await stack.createUser({ type: "STARTER", maxSessions: 1, maxGroups: names.length, expiresAt: null });
    await user.api.groups.add.mutate({ lines: names.map((name) => `@${name}`) });
    await user.api.bot.configure.mutate({
      post: { type: "text", content: "hello" },
      executionMode: "starter",
      totalCycleMinutes: cycleMinutes,
      delayBetweenPosts: cycleMinutes * 30,
    });
    return user;
  });
}

/** Does `work` for each, a few at a time, in order. */
async function byHands<T, R>(things: readonly T[], work: (thing: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = things.entries();
  const hand = async () => {
    for (const [index, thing] of left) results[index] = await work(thing, index);
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
  return results;
}

/** Looks until all were started and taken. @returns the last look */
async function untilStarted(
  look: () => Promise<Record<string, number>>,
  areStarted: () => boolean,
): Promise<Record<string, number>> {
  for (;;) {
    const isLast = areStarted();
    const byEngine = await look();
    if (isLast) return byEngine;
    await sleep(LOOK_MS);
  }
}

async function runningCycles(urls: Record<string, string>): Promise<Record<string, number>> {
  const counts = Object.entries(urls).map(async ([id, url]): Promise<[string, number]> => {
    const { scheduler } = HealthDto.parse(await (await fetch(`${url}/api/health`)).json());
    return [id, scheduler.runningCycles];
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** All slots by their random_id, as soon as `count` are sent. */
async function settledSlots(sql: pg.Pool, count: number): Promise<Map<string, Slot & { plannedAt: Date }>> {
  for (;;) {
    const { rows } = await sql.query<Slot & { randomId: string; plannedAt: Date; state: string }>(
      `SELECT d.random_id::text AS "randomId", d.cycle_id AS "cycleId", g.topic_id AS "topicId", d.planned_at AS "plannedAt", d.state
       FROM deliveries d LEFT JOIN groups g ON g.id = d.group_id`,
    );
    if (rows.filter(({ state }) => state === "sent").length >= count)
      return new Map(rows.map(({ randomId, ...slot }) => [randomId, slot]));
    await sleep(LOOK_MS);
  }
}

async function laterCycles(sql: pg.Pool, cycleMinutes: number): Promise<number[]> {
  const { rows } = await sql.query<{ late: number }>(
    `SELECT extract(epoch FROM c.started_at - before.started_at)::float - $1 AS late
     FROM cycles c JOIN cycles before ON before.bot_id = c.bot_id AND before.number = c.number - 1`,
    [cycleMinutes * 60],
  );
  return rows.map(({ late }) => late);
}

async function doneJobs(sql: pg.Pool): Promise<Array<{ waited: number; held: number }>> {
  const { rows } = await sql.query<{ waited: number; held: number }>(
    `SELECT extract(epoch FROM started_on - greatest(start_after, created_on))::float AS waited,
       extract(epoch FROM completed_on - started_on)::float AS held
     FROM pgboss.job WHERE name = 'take-cycle' AND state = 'completed'`,
  );
  return rows;
}

function spread(seconds: readonly number[]): Spread {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (index: number) => Math.round((sorted[index] ?? Number.NaN) * 100) / 100;
  return { median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}
