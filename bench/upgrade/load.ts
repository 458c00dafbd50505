import { setTimeout as sleep } from "node:timers/promises";
import { Crowd } from "../torture/crowd.ts";
import { insist } from "../torture/insist.ts";
import type { Postgres } from "../torture/postgres.ts";
import type { Random } from "../torture/random.ts";
import { ENGINE_ID, optOut, type Scene } from "./scene.ts";
import { slowDown } from "./stage.ts";

/** How long the former version posts before it may be killed, in milliseconds. */
const POSTS_FOR_MS = { least: 20_000, most: 60_000 };
/** Longest that it takes beyond that until enough is under way, in milliseconds. */
const LOADED_WITHIN_MS = 120_000;
const LOOK_MS = 50;
/** So many posts are under way at least when the engine is killed… */
const LEAST_UNDER_WAY = 3;
/** …and so many of all bots are in the middle of a cycle. */
const LEAST_IN_THE_MIDDLE = 0.6;
/** Users who remove a group while its post may be under way. */
const GROUPS_REMOVED = 3;

/** What the engine was killed in. */
export interface Load {
  /** cycles that had come to their end: the history */
  finished: number;
  /** cycles with posts behind them and before them */
  inTheMiddle: number;
  underWay: number;
  /** posts that stood in the chats */
  posts: number;
  /** since the bots were started */
  seconds: number;
}

/**
 * Starts all bots and lets them post; an account dies meanwhile, a chat opts out, and groups are removed. Then kills the engine, with
 * most bots in the middle of a cycle and posts under way.
 * @returns what it was killed in, and a function that ends the deed in the journal
 * @throws Error when that load does not come about in time; the signal's reason
 */
export async function killUnderLoad(
  scene: Scene,
  random: Random,
  signal: AbortSignal,
): Promise<{ load: Load; killedAt: number; over: () => void }> {
  const { users, stage, emulator, postgres, journal, engine } = scene;
  const startedAt = performance.now();
  const killed = new AbortController();
  slowDown(emulator);
  const going = new Crowd({ ...scene, engines: [engine] }).keepRunning(killed.signal);
  const postsFor = Math.round(random.between(POSTS_FOR_MS.least, POSTS_FOR_MS.most));
  const late = AbortSignal.any([signal, AbortSignal.timeout(postsFor + LOADED_WITHIN_MS)]);
  await sleep(postsFor / 2, undefined, { signal });
  random.pick(stage.accounts).ban();
  const chatId = random.pick(stage.chats).markedId;
  await insist(() => optOut(scene, chatId), late);
  await sleep(postsFor / 2, undefined, { signal });
  for (const user of random.sample(users, GROUPS_REMOVED))
    await insist(async () => {
      const group = (await user.api.groups.list.query()).at(-1);
      if (group !== undefined) await user.api.groups.remove.mutate({ ids: [group.id] });
    }, late);
  for (;;) {
    const { underWay, inTheMiddle } = await readLoad(postgres);
    if (underWay >= LEAST_UNDER_WAY && inTheMiddle >= users.length * LEAST_IN_THE_MIDDLE) break;
    await sleep(LOOK_MS, undefined, { signal: late });
  }

  killed.abort();
  const over = journal.begin(`SIGKILL to ${ENGINE_ID}`, { engineId: ENGINE_ID, severs: true });
  await engine.kill();
  const killedAt = Date.now();
  const posts = emulator.record.size;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  await going;
  return { load: { ...(await readLoad(postgres)), posts, seconds }, killedAt, over };
}

async function readLoad(postgres: Postgres): Promise<Pick<Load, "finished" | "inTheMiddle" | "underWay">> {
  const [load] = await postgres.query<Pick<Load, "finished" | "inTheMiddle" | "underWay">>(
    `SELECT count(*) FILTER (WHERE state = 'finished')::int AS finished,
       count(*) FILTER (WHERE state = 'running' AND settled > 0 AND planned > 0)::int AS "inTheMiddle",
       coalesce(sum(sending), 0)::int AS "underWay"
     FROM (SELECT c.state, count(*) FILTER (WHERE d.state = 'planned') AS planned, count(*) FILTER (WHERE d.state = 'sending') AS sending,
         count(*) FILTER (WHERE d.state IN ('sent', 'failed')) AS settled
       FROM cycles c JOIN deliveries d ON d.cycle_id = c.id GROUP BY c.id) cycles`,
  );
  return load ?? { finished: 0, inTheMiddle: 0, underWay: 0 };
}
