import { startTestDatabase } from "@herald/scripts/test-database";
import { expect, onTestFinished, test } from "vitest";
import { endpoints } from "./endpoints.ts";
import { scan } from "./scan.ts";

const REQUESTS = 5000;
/** Repeat it with `pnpm run scan --seed 1`. */
const SEED = 1;
/** On a machine that does other things too. */
const TIMEOUT_MS = 300_000;

test(
  `${REQUESTS} generated requests to ${endpoints().length} procedures and routes find no fault, no secret and no stall`,
  async () => {
    const server = await startTestDatabase();
    onTestFinished(() => server.stop());
    const database = { url: server.url, drop: async () => {} };
    const result = await scan({ requests: REQUESTS, seed: SEED, database });
    expect(result.findings).toEqual([]);
    expect(result.requests).toBe(REQUESTS);
    // it was not by refusing everything
    expect(result.neverReached).toEqual([]);
    expect(result.stalls).toEqual([]);
  },
  TIMEOUT_MS,
);
