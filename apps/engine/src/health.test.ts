import { expect, test } from "vitest";
import { Health } from "./health.ts";

const report = (unconfirmed: () => Promise<Array<{ userId: string; since: string; due: number }>>) =>
  new Health().report({
    engineId: "one",
    runner: { runningCycles: 2, connectedSessions: 2 },
    watch: { untaken: null },
    database: {
      ping: async () => 1,
      engines: { alive: async () => [], unreachableSince: null },
      views: { unconfirmed },
    },
    queue: { counts: async () => ({ waiting: 0, active: 0 }) },
  });

test("health is degraded while posts are due and none is confirmed, and says since when and how many", async () => {
  expect(await report(async () => [])).toMatchObject({
    status: "ok",
    posting: { status: "ok", since: null, due: null, bots: null },
  });
  const since = "2030-01-01T14:02:00.000Z";
  const two = [
    { userId: "ada", since, due: 3 },
    { userId: "bob", since: "2030-01-01T14:05:00.000Z", due: 4 },
  ];
  expect(await report(async () => two)).toMatchObject({
    status: "degraded",
    posting: { status: "unconfirmed", since, due: 7, bots: 2 },
  });
  expect(await report(() => Promise.reject(new Error("away")))).toMatchObject({
    status: "degraded",
    posting: { status: "unknown" },
  });
});
