import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { RunningEngine } from "@herald/testing/engine";
import { eventually, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

let stack: Stack;
let engine: RunningEngine;

beforeAll(async () => {
  stack = await startStack();
  engine = await stack.startEngine();
});
afterAll(() => stack[Symbol.asyncDispose]());

const FORWARD = "messages.forwardMessages";

test("a flood wait rests the account, and nothing is sent inside it", async () => {
  const scene = await setScene(stack, { accounts: 1, groups: 3 });
  stack.emulator.faults.add({
    method: FORWARD,
    accountId: scene.accounts[0]?.id,
    times: 1,
    action: { error: "FLOOD_WAIT_2", code: 420 },
  });
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).sessions[0]?.state === "resting");
  await scene.until(3);
  expect(stack.emulator.record.earlySends()).toEqual([]);
  await eventually(async () => (await scene.user.api.bot.status.query()).stats.totalPosts === 3);
  expect((await scene.user.api.bot.status.query()).stats).toMatchObject({ totalFloodWaits: 1, totalFailures: 0 });
  expect(scene.posted()).toHaveLength(3);
});

test("an answer that is lost after the post is asked again with the same id: the post stands once", async () => {
  const scene = await setScene(stack, { accounts: 1, groups: 2 });
  stack.emulator.faults.add({ method: FORWARD, accountId: scene.accounts[0]?.id, times: 1, action: { drop: "after" } });
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).cycle?.state === "finished");
  expect(scene.posted()).toHaveLength(2);
  expect((await scene.user.api.bot.status.query()).cycle?.counts).toMatchObject({ sent: 2, failed: 0 });
});

test("a group that refuses for now is not asked again before its time; the others get their post", async () => {
  const scene = await setScene(stack, { accounts: 1, groups: 3, delayBetweenCycles: 1 });
  stack.emulator.faults.add({
    method: FORWARD,
    chatId: scene.groups[1]?.markedId,
    action: { error: "CHAT_WRITE_FORBIDDEN", code: 403 },
  });
  await scene.user.api.bot.start.mutate({});
  await scene.until(4); // two cycles: the group is not asked again in the second
  await scene.user.api.bot.stop.mutate();
  // it can pass (night mode, a mute): the group stays
  const refusing = (await scene.user.api.groups.list.query()).find((group) => group.reference.endsWith("_1"));
  expect(refusing).toMatchObject({ state: "active", failed: 1 });
  const log = await scene.user.api.bot.log.query({});
  expect(log.find((line) => line.code === "CHAT_WRITE_FORBIDDEN")?.text).toMatch(/asked again in 1 d/);
  const attempts = stack.emulator.faults.fired().filter((fired) => fired.chatId === scene.groups[1]?.markedId);
  expect(attempts).toHaveLength(1);
});

test("a group that refuses one account gets its post from the other, and is left out when both were refused", async () => {
  const scene = await setScene(stack, { accounts: 2, groups: 2, delayBetweenCycles: 1 });
  const { markedId: chatId, username } = scene.groups[0] ?? {};
  const fault = { method: FORWARD, chatId, times: 1, action: { error: "REPLY_MESSAGE_ID_INVALID", code: 400 } };
  const state = async () =>
    (await scene.user.api.groups.list.query()).find(({ reference }) => reference === `@${username}`)?.state;
  const posted = () => scene.posted().some((post) => post.chatId === chatId);
  stack.emulator.faults.add(fault);
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => posted() || (await state()) === "retired");
  expect(await state()).toBe("active");
  stack.emulator.faults.add(fault);
  await eventually(async () => (await state()) === "retired");
  await scene.user.api.bot.stop.mutate();
  const refused = stack.emulator.faults.fired().filter((fired) => fired.chatId === chatId);
  expect(new Set(refused.map((fired) => fired.accountId)).size).toBe(2);
});

test("a source that is closed to the accounts for some cycles is not held against the groups", async () => {
  const scene = await setScene(stack, { accounts: 2, groups: 4, delayBetweenCycles: 1 });
  const { api } = scene.user;
  await api.bot.start.mutate({});
  await scene.until(4);
  for (const account of scene.accounts) scene.channel.kick(account);
  const refusals = async () => (await api.bot.log.query({})).filter((line) => line.code === "CHANNEL_PRIVATE");
  await eventually(async () => (await refusals()).length >= 4); // of both accounts, in two cycles
  expect((await refusals())[0]?.text).toMatch(/^The post's channel refuses @/);
  const why = "This cycle posted nothing: 4 posts were left out because the post's channel does not let";
  await eventually(async () => (await api.bot.status.query()).cycle?.note?.startsWith(why) === true);
  expect((await api.groups.list.query()).map((group) => group.state)).toEqual(Array(4).fill("active"));
  const before = scene.posted().length;
  for (const account of scene.accounts) scene.channel.kicked.delete(account.id);
  await scene.until(before + 4);
  await api.bot.stop.mutate();
  const after = scene.posted().slice(before, before + 4);
  expect(new Set(after.map((post) => post.chatId)).size).toBe(4);
});

test("a post that is gone stops the bot, until there is another", async () => {
  const scene = await setScene(stack, { accounts: 2, groups: 6, delayBetweenPosts: 1 });
  await scene.user.api.bot.configure.mutate({
    post: { type: "link", content: `https://t.me/${scene.channel.username}/99` },
  });
  const { api } = scene.user;
  await api.bot.start.mutate({});
  await eventually(async () => (await api.bot.status.query()).status === "stopped");
  expect(await api.bot.status.query()).toMatchObject({
    stopReason: "content",
    stopMessage: expect.stringContaining("no longer in its channel"),
    hindrances: [{ code: "content_refused", mend: "post" }],
  });
  // two accounts may have asked at the same moment
  const said = (await api.bot.log.query({})).filter((line) => line.code === "MESSAGE_ID_INVALID");
  expect([1, 2]).toContain(said.length);
  await expect(api.bot.start.mutate({})).rejects.toMatchObject({ data: { herald: { code: "content_refused" } } });
  expect(scene.posted()).toEqual([]);
  await api.bot.configure.mutate({
    post: { type: "link", content: `https://t.me/${scene.channel.username}/1` },
  });
  await api.bot.start.mutate({});
  await scene.until(6);
});

test("an engine with another SESSION_KEY stops the bot and says so, to its user and to the admin", async () => {
  const scene = await setScene(stack, { accounts: 1, groups: 2 });
  const key = Buffer.from(stack.environment().SESSION_KEY ?? "", "base64");
  const other = await stack.startEngine("other-key", {
    SESSION_KEY: randomBytes(32).toString("base64"),
    // or it would not start
    SESSION_KEYS_LOST: createHash("sha256").update(key).digest("hex").slice(0, 8),
  });
  // one job at a time: the first engine would take it
  await engine.stop();
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).status === "stopped");
  const { stopReason, stopMessage } = await scene.user.api.bot.status.query();
  expect(stopReason).toBe("config");
  expect(stopMessage).toContain("SESSION_KEY");
  const { needsYou } = await stack.admin.api.overview.query();
  expect(needsYou.find(({ id }) => id === scene.user.id)?.message).toContain("SESSION_KEY");
  expect(scene.posted()).toEqual([]);
  engine = await stack.startEngine();
  await other.stop();
  await scene.user.api.bot.start.mutate({});
  await scene.until(2);
});

test("a dead account moves to banned and is replaced from the pool for the next cycle", async () => {
  const scene = await setScene(stack, { accounts: 1, spare: 1, groups: 2, delayBetweenCycles: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(2);
  const first = (await scene.user.api.bot.status.query()).sessions[0];
  const dead = scene.accounts.find((account) => `@${account.username}` === first?.label);
  dead?.revokeKey();
  await eventually(async () => {
    const { sessions } = await scene.user.api.bot.status.query();
    return sessions.some((session) => session.state === "assigned" && session.id !== first?.id);
  });
  await scene.until(scene.posted().length + 2);
  await scene.user.api.bot.stop.mutate();
  const pool = await stack.admin.api.sessions.list.query();
  expect(pool.find((session) => session.id === first?.id)).toMatchObject({
    state: "banned",
    code: "AUTH_KEY_UNREGISTERED",
  });
  const files = await readdir(`${stack.environment().SESSIONS_DIR}/banned`);
  expect(files.some((file) => file.startsWith(first?.id ?? "none"))).toBe(true);
});

test("a post that burns accounts is stopped, and only an admin lets it start again", async () => {
  const scene = await setScene(stack, { accounts: 2, spare: 2, groups: 4, delayBetweenPosts: 1 });
  await scene.user.api.bot.start.mutate({});
  await scene.until(2);
  for (const account of scene.accounts.slice(0, 2)) account.ban();
  for (const account of scene.accounts.slice(2)) account.ban();
  await eventually(async () => (await scene.user.api.bot.status.query()).stopReason === "breaker");
  const dead = (await stack.admin.api.sessions.list.query()).filter((session) => session.state === "banned");
  expect(dead.length).toBeGreaterThanOrEqual(2);
  const { entries } = await stack.admin.api.audit.list.query({ userId: scene.user.id });
  expect(entries.filter(({ action }) => action === "session.ban")).toEqual(
    expect.arrayContaining(
      dead
        .filter(({ userId }) => userId === scene.user.id)
        .map(({ id }) =>
          expect.objectContaining({
            target: { kind: "session", id },
            actor: expect.objectContaining({ kind: "system" }),
          }),
        ),
    ),
  );
  await expect(scene.user.api.bot.start.mutate({})).rejects.toMatchObject({
    data: { herald: { code: "breaker_tripped" } },
  });
  const cleared = await stack.admin.api.users.clearBreaker.mutate({ id: scene.user.id });
  expect(cleared.stopReason).toBe("admin");
});

test("an account that several groups refuse for the same limit rests for an admin; the others do what it never tried", async () => {
  const scene = await setScene(stack, { accounts: 2, groups: 12 });
  const [limited, other] = scene.accounts;
  stack.emulator.faults.add({
    method: FORWARD,
    accountId: limited?.id,
    action: { error: "USER_BANNED_IN_CHANNEL", code: 400 },
  });
  // the other is still posting when the first is put to rest
  stack.emulator.faults.add({ method: FORWARD, accountId: other?.id, action: { delayMs: 300 } });
  await scene.user.api.bot.start.mutate({});
  await eventually(async () => (await scene.user.api.bot.status.query()).cycle?.state === "finished");
  expect((await scene.user.api.bot.status.query()).cycle?.counts).toEqual({
    planned: 0,
    sending: 0,
    sent: 9,
    failed: 3,
    skipped: 0,
  });
  const resting = (await stack.admin.api.sessions.list.query()).find(
    (session) => session.label === `@${limited?.username}`,
  );
  expect(resting).toMatchObject({ state: "resting", needsAdmin: true, code: "USER_BANNED_IN_CHANNEL" });
  // nobody took the other's connection away meanwhile
  expect(new Set(scene.posted().map((entry) => entry.connectionId)).size).toBe(1);
  // the groups are not at fault
  expect((await scene.user.api.groups.list.query()).every((group) => group.state === "active")).toBe(true);
});
