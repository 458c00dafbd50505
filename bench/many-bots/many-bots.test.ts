import { startTestDatabase } from "@herald/scripts/test-database";
import { expect, onTestFinished, test } from "vitest";
import { runManyBots } from "./many-bots.ts";

const BOTS = 60;
/** On a machine that does other things too. */
const TIMEOUT_MS = 300_000;

test(
  "more bots than the queue has workers run side by side on two engines, and none waits for another",
  async () => {
    const server = await startTestDatabase();
    onTestFinished(() => server.stop());
    const database = { url: server.url, drop: async () => {} };
    const result = await runManyBots({ bots: BOTS, engines: 2, cycleMinutes: 1, database });
    expect(result).toMatchObject({ due: 2 * BOTS, posted: 2 * BOTS, duplicated: 0, runningAtOnce: BOTS });
    // half a cycle lies between the two posts of each: whoever waited for another bot's cycle would be later than this
    expect(result.lateSeconds.max).toBeLessThan(15);
    expect(result.jobHeldSeconds.max).toBeLessThan(15);
    // far from what either could take alone
    expect(Math.min(...Object.values(result.byEngine))).toBeGreaterThanOrEqual(BOTS / 6);
  },
  TIMEOUT_MS,
);
