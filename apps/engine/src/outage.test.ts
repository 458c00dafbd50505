import { HealthDto } from "@herald/contract";
import { createTestDatabase } from "@herald/scripts/test-database";
import { type Door, openDoorTo } from "@herald/testing/door";
import { eventually, type Scene, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

let stack: Stack;
let door: Door;

beforeAll(async () => {
  const database = await createTestDatabase();
  const { url, ...way } = await openDoorTo(database.url);
  door = way;
  stack = await startStack({
    database: {
      url,
      drop: async () => {
        await door.shut();
        await database.drop();
      },
    },
  });
});
afterAll(() => stack[Symbol.asyncDispose]());

const isFinished = async ({ user }: Scene) => (await user.api.bot.status.query()).cycle?.state === "finished";

test("while PostgreSQL is away nothing is sent and health says so; when it is back the cycle goes on", async () => {
  const engine = await stack.startEngine("one");
  const health = async () => HealthDto.parse(await (await fetch(`${engine.url}/api/health`)).json());
  const scene = await setScene(stack, { accounts: 2, groups: 8, delayBetweenPosts: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(2);

  const beforeShut = Date.now() - 1;
  await door.shut();
  const shutAt = Date.now();
  const away = async () => {
    const { status, database } = await health();
    return { status, database: database.status, since: new Date(database.since ?? 0).getTime() };
  };
  const first = await away();
  expect(first).toMatchObject({ status: "degraded", database: "unreachable" });
  expect(first.since).toBeGreaterThan(beforeShut);
  // by its own word it is without for so long that two slots of each account have fallen due
  await eventually(async () => Date.now() - (await away()).since > 2_500);
  expect(await away()).toEqual(first);
  const openedAt = Date.now();
  await door.open();

  await eventually(() => isFinished(scene));
  const posted = scene.posted();
  expect(new Set(posted.map((entry) => entry.chatId)).size).toBe(8);
  expect(posted).toHaveLength(8);
  // what was claimed before may still have been on its way: one an account
  const meanwhile = posted.filter(({ at }) => at > shutAt && at < openedAt);
  expect(meanwhile.length).toBeLessThanOrEqual(2);
  await eventually(async () => (await health()).status === "ok");
  await engine.stop();
});

test("an engine that is told to stop while PostgreSQL is away ends, and what it had open is posted once", async () => {
  const engine = await stack.spawnEngine("two");
  const scene = await setScene(stack, { accounts: 2, groups: 8, delayBetweenPosts: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(2);
  await door.shut();
  await engine.kill("SIGTERM");
  await door.open();

  const again = await stack.spawnEngine("two");
  await scene.user.api.bot.start.mutate({});
  await eventually(() => isFinished(scene));
  expect(scene.posted()).toHaveLength(8);
  expect(new Set(scene.posted().map((entry) => entry.chatId)).size).toBe(8);
  await again.kill("SIGTERM");
});
