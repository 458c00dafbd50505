import { eventually, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

test("an engine that is killed in mid-cycle comes back with its bots stopped, and the next start duplicates nothing", async () => {
  const engine = await stack.spawnEngine("one");
  const scene = await setScene(stack, { accounts: 3, groups: 12, delayBetweenPosts: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(4);
  await engine.kill("SIGKILL");

  const again = await stack.spawnEngine("one");
  const stopped = await scene.user.api.bot.status.query();
  expect(stopped).toMatchObject({ status: "stopped", stopReason: "engine_restart", cycle: { state: "open" } });
  expect(stopped.config.post?.type).toBe("link");
  expect(stopped.sessions).toHaveLength(3);

  await scene.user.api.bot.configure.mutate({});
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).cycle?.state === "finished");
  expect(scene.posted()).toHaveLength(12);
  expect(new Set(scene.posted().map((entry) => entry.chatId)).size).toBe(12);
  const { cycle, stats } = await scene.user.api.bot.status.query();
  expect(cycle?.counts).toEqual({ planned: 0, sending: 0, sent: 12, failed: 0, skipped: 0 });
  expect(stats).toMatchObject({ totalPosts: 12, totalSuccess: 12, totalMessagesSent: 12 });
  expect(stack.emulator.counters.keyDuplicates).toEqual([]);
  await again.kill("SIGTERM");
});

test("a second engine takes over what a killed one had, and no bot is stopped", async () => {
  const one = await stack.spawnEngine("one");
  const scene = await setScene(stack, { accounts: 2, groups: 10, delayBetweenPosts: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(4);
  await stack.spawnEngine("two");
  await one.kill("SIGKILL");
  await eventually(async () => (await scene.user.api.bot.status.query()).cycle?.state === "finished");
  expect(scene.posted()).toHaveLength(10);
  expect((await scene.user.api.bot.status.query()).status).toBe("running");
  expect(stack.emulator.counters.keyDuplicates).toEqual([]);
});
