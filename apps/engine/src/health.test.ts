import { expect, test } from "vitest";
import { Health } from "./health.ts";

type Asked = Parameters<Health["report"]>[0];

const asking = (health: Health, database: Partial<Asked["database"]>, untaken: Asked["watch"]["untaken"] = null) =>
  health.report({
    engineId: "one",
    runner: { runningCycles: 2, connectedSessions: 2 },
    watch: { untaken },
    database: {
      ping: async () => 1,
      engines: { alive: async () => [], unreachableSince: null },
      views: { unconfirmed: async () => [] },
      ...database,
    },
    queue: { counts: async () => ({ waiting: 0, active: 0 }) },
  });
const report = (unconfirmed: Asked["database"]["views"]["unconfirmed"]) =>
  asking(new Health(), { views: { unconfirmed } });

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

test("the database is away since it went, not since somebody asked, and until it answers", async () => {
  const health = new Health();
  const ping = () => Promise.reject(new Error("away"));
  const away = (unreachableSince: Date) =>
    asking(health, { ping, engines: { alive: async () => [], unreachableSince } });
  const went = new Date("2030-01-01T14:02:00.000Z");
  const unreachable = { status: "unreachable", since: went.toISOString(), latencyMs: null };
  expect(await away(went)).toMatchObject({ status: "degraded", database: unreachable });
  // the engine's own connection was back for a moment in between; nobody was answered meanwhile
  expect((await away(new Date("2030-01-01T14:03:00.000Z"))).database).toEqual(unreachable);
  expect((await asking(health, {})).database).toMatchObject({ status: "ok", since: null });
  const again = new Date("2030-01-01T15:00:00.000Z");
  expect((await away(again)).database).toMatchObject({ since: again.toISOString() });
});

test("health says how many cycles no engine has, and is degraded when they are left for longer than a change of engines takes", async () => {
  const health = new Health();
  const untaken = (secondsAgo: number) => ({ cycles: 3, since: new Date(Date.now() - secondsAgo * 1000) });
  const figure = (untakenCycles: number | null) => ({ scheduler: expect.objectContaining({ untakenCycles }) });
  expect(await asking(health, {})).toMatchObject({ status: "ok", ...figure(0) });
  expect(await asking(health, {}, untaken(20))).toMatchObject({ status: "ok", ...figure(3) });
  expect(await asking(health, {}, untaken(31))).toMatchObject({ status: "degraded", ...figure(3) });
  expect(await asking(health, { ping: () => Promise.reject(new Error("away")) }, untaken(20))).toMatchObject(
    figure(null),
  );
});
