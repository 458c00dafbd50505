import { eventually, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.startEngine();
});
afterAll(() => stack[Symbol.asyncDispose]());

test("a chat that opted out gets no post of anyone, and its delivery says why", async () => {
  const scene = await setScene(stack, { accounts: 1, groups: 3 });
  const owner = scene.groups[1]?.markedId ?? 0;
  await stack.admin.api.chats.update.mutate({ id: `${owner}`, optedOut: true });
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).cycle?.state === "finished");
  expect(scene.posted().map((entry) => entry.chatId)).not.toContain(owner);
  expect((await scene.user.api.bot.status.query()).cycle?.counts).toMatchObject({ sent: 2, skipped: 1 });
  const { slots } = await scene.user.api.sync.state.query();
  expect(slots.find((slot) => slot.state === "skipped")).toMatchObject({ outcome: "opted_out" });
});

test("two users' posts to one chat keep its cool-down", async () => {
  const one = await setScene(stack, { accounts: 1, groups: 1 });
  const chat = one.groups[0];
  if (chat === undefined) throw new Error("a scene without its group");
  await stack.admin.api.chats.update.mutate({ id: `${chat.markedId}`, cooldownSeconds: 2 });
  await one.user.api.bot.start.mutate({});
  await one.until(1);
  const two = await setScene(stack, { accounts: 1, groups: 0 });
  for (const account of two.accounts) chat.add(account);
  await two.user.api.groups.add.mutate({ lines: [`@${chat.username}`] });
  await two.user.api.bot.configure.mutate({ post: { type: "text", content: "of the other" } });
  await two.user.api.bot.start.mutate({});
  await one.until(2);
  const [first, second] = one.posted();
  expect(second?.text).toBe("of the other");
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2000);
});

test("a STARTER cycle closer than a chat's cool-down is refused, with what fits", async () => {
  const scene = await setScene(stack, { accounts: 2, groups: 2, delayBetweenPosts: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(2);
  await scene.user.api.bot.stop.mutate();
  await stack.admin.api.chats.update.mutate({ id: `${scene.groups[0]?.markedId}`, cooldownSeconds: 120 });
  await expect(
    scene.user.api.bot.start.mutate({ executionMode: "starter", totalCycleMinutes: 2 }),
  ).rejects.toMatchObject({
    data: { herald: { code: "cooldown_too_long", details: { smallestTotalCycleMinutes: 4 } } },
  });
});
