import { eventually, setScene } from "@herald/testing/scene";
import { PgBoss } from "pg-boss";
import { expect, onTestFinished, test } from "vitest";
import { startStack } from "./testing/stack.ts";

test("an engine that boots alone stops all bots, and forgets what the queue had for them", async () => {
  const stack = await startStack();
  onTestFinished(() => stack[Symbol.asyncDispose]());
  const engine = await stack.startEngine("one");
  const scene = await setScene(stack, { accounts: 1, groups: 1, delayBetweenCycles: 3600 });
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).nextCycleAt !== null);
  await engine.stop();

  const { DATABASE_URL: connectionString = "" } = stack.environment();
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false });
  await boss.start();
  onTestFinished(() => boss.stop({ graceful: false }));
  const waiting = async () => (await boss.findJobs("take-cycle")).filter(({ state }) => state === "created").length;
  expect(await waiting()).toBe(1);
  await stack.startEngine("one");
  expect(await waiting()).toBe(0);
  expect(await scene.user.api.bot.status.query()).toMatchObject({ status: "stopped", stopReason: "engine_restart" });
});
