import { World } from "@herald/telegram-emulator";
import type { Person } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

const SESSIONS = 20;
const GROUPS = 200;

describe("an ENTERPRISE cycle of 20 sessions over 200 groups", () => {
  let stack: Stack;
  let user: Person;
  const world = new World();
  const accounts = Array.from({ length: SESSIONS }, (_, n) =>
    world.account({ phone: `99966${10_000 + n}`, firstName: `Account ${n}`, username: `account_${n}` }),
  );
  const source = world.channel({ username: "source", title: "Source", members: accounts, posts: ["hello"] });
  const groups = Array.from({ length: GROUPS }, (_, n) =>
    world.supergroup({ username: `group_${n}`, title: `Group ${n}`, members: accounts }),
  );

  beforeAll(async () => {
    stack = await startStack({ world });
    await stack.startEngine();
    await stack.fillPool(accounts);
    user = await stack.createUser({ type: "ENTERPRISE", maxSessions: SESSIONS, maxGroups: GROUPS, expiresAt: null });
    await user.api.groups.add.mutate({ lines: groups.map((_, n) => `@group_${n}`) });
    await user.api.bot.configure.mutate({
      post: { type: "link", content: "https://t.me/source/1" },
      delayBetweenPosts: 0,
      delayBetweenCycles: 3600,
    });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  test("delivers 200 of 200, each once, ten from each account", async () => {
    await user.api.bot.start.mutate({});
    await stack.emulator.record.waitFor(() => stack.emulator.record.entries().length >= GROUPS, { timeoutMs: 60_000 });
    const entries = stack.emulator.record.entries();
    expect(new Set(entries.map((entry) => entry.chatId)).size).toBe(GROUPS);
    expect(entries).toHaveLength(GROUPS);
    expect([...Map.groupBy(entries, (entry) => entry.accountId).values()].map((own) => own.length)).toEqual(
      Array.from({ length: SESSIONS }, () => GROUPS / SESSIONS),
    );
    for (const { source: from, text } of entries) expect([from?.chatId, text]).toEqual([source.markedId, "hello"]);
  });
});
