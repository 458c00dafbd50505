import { PASSWORD, type Person } from "@herald/testing/people";
import { eventually, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

let stack: Stack;
let url: string;

beforeAll(async () => {
  stack = await startStack();
  url = (await stack.startEngine()).url;
});
afterAll(() => stack[Symbol.asyncDispose]());

const rest = async (person: Person | null, method: "GET" | "POST", path: string, body?: unknown) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(person === null ? {} : { authorization: `Bearer ${await person.token()}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
};

/** The error that leaves tRPC, in the contract's shape. */
const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error("it was not refused");
  return error.data.herald as { code: string; message: string; field?: string };
};

describe("start and stop", () => {
  test("two users' cycles run side by side, and nothing of one is sent after the reply of its stop", async () => {
    const one = await setScene(stack, { accounts: 2, groups: 12, delayBetweenPosts: 1 });
    await one.user.api.bot.start.mutate({});
    const two = await setScene(stack, { accounts: 1, groups: 8, delayBetweenPosts: 1 });
    await two.user.api.bot.start.mutate({});
    await Promise.all([one.until(3), two.until(1)]);
    const status = await one.user.api.bot.stop.mutate();
    const atReply = one.posted().length;
    expect(status).toMatchObject({ status: "stopped", stopReason: "user" });
    expect(status.cycle).toMatchObject({ state: "open" });
    // the other's posts are as far apart: by its second from here, more of the first's had been due
    await two.until(two.posted().length + 2);
    expect(one.posted()).toHaveLength(atReply);
  });

  test("the next start goes on with what is left, and repeats nothing", async () => {
    const scene = await setScene(stack, { accounts: 2, groups: 8, delayBetweenPosts: 1 });
    await scene.user.api.bot.start.mutate({});
    await scene.until(3);
    await scene.user.api.bot.stop.mutate();
    const first = await scene.user.api.bot.start.mutate({});
    await scene.until(8);
    await eventually(async () => (await scene.user.api.bot.status.query()).cycle?.state === "finished");
    expect(first.cycle?.number).toBe(1);
    expect(scene.posted()).toHaveLength(8);
    expect(new Set(scene.posted().map((entry) => entry.chatId)).size).toBe(8);
  });

  test("a start of a running bot changes nothing", async () => {
    const scene = await setScene(stack, { accounts: 1, groups: 3, delayBetweenPosts: 1 });
    await scene.user.api.bot.start.mutate({});
    const again = await scene.user.api.bot.start.mutate({});
    expect(again.cycle?.number).toBe(1);
    await scene.user.api.bot.stop.mutate();
  });

  test("a changed post is not preceded by the rest of the old one", async () => {
    const scene = await setScene(stack, { accounts: 1, groups: 3, delayBetweenPosts: 1 });
    await scene.user.api.bot.start.mutate({});
    await scene.until(1);
    await scene.user.api.bot.stop.mutate();
    await scene.user.api.bot.configure.mutate({ post: { type: "text", content: "something else" } });
    await scene.user.api.bot.start.mutate({});
    await scene.until(4);
    expect(
      scene
        .posted()
        .slice(1)
        .map((entry) => entry.text),
    ).toEqual(Array(3).fill("something else"));
  });
});

describe("what is refused, with its code and nothing changed", () => {
  test("without a plan, a post, a group", async () => {
    const { id } = await stack.admin.api.users.create.mutate({
      email: "bare@example.org",
      name: "Bare",
      password: PASSWORD,
    });
    const bare = stack.person(id);
    expect(await refusal(bare.api.bot.start.mutate({}))).toMatchObject({ code: "plan_missing" });
    await stack.admin.api.users.update.mutate({
      id,
      plan: { type: "ENTERPRISE", maxSessions: 1, maxGroups: 2, expiresAt: "2020-01-01T00:00:00.000Z" },
    });
    expect(await refusal(bare.api.bot.start.mutate({}))).toMatchObject({ code: "plan_expired" });
    await stack.admin.api.users.update.mutate({
      id,
      plan: { type: "ENTERPRISE", maxSessions: 1, maxGroups: 2, expiresAt: null },
    });
    expect(await refusal(bare.api.bot.start.mutate({}))).toMatchObject({ code: "no_post" });
    await bare.api.bot.configure.mutate({ post: { type: "text", content: "hello" } });
    expect(await refusal(bare.api.bot.start.mutate({}))).toMatchObject({ code: "no_groups" });
    expect(await refusal(bare.api.groups.add.mutate({ lines: ["@good_one", "12 34"] }))).toMatchObject({
      code: "invalid_input",
      field: "lines.1",
    });
    expect(await refusal(bare.api.groups.add.mutate({ lines: ["@aaaa", "@bbbb", "@cccc"] }))).toMatchObject({
      code: "plan_limit_groups",
    });
    expect(await bare.api.groups.list.query()).toEqual([]);
    expect((await bare.api.bot.status.query()).status).toBe("stopped");
  });

  test("a STARTER cycle that overlaps itself, with the smallest that fits", async () => {
    const scene = await setScene(stack, { accounts: 2, groups: 10, delayBetweenPosts: 30 });
    const refused = await refusal(scene.user.api.bot.start.mutate({ executionMode: "starter", totalCycleMinutes: 5 }));
    expect(refused).toMatchObject({
      code: "infeasible_cycle",
      field: "totalCycleMinutes",
      details: { smallestTotalCycleMinutes: 10 },
    });
    expect((await scene.user.api.bot.status.query()).sessions).toEqual([]);
  });

  test("what is not for users", async () => {
    const { user } = await setScene(stack, { accounts: 1, groups: 1 });
    for (const ask of [
      () => user.api.sessions.list.query(),
      () => user.api.apiPairs.list.query(),
      () => user.api.users.list.query(),
      () => user.api.overview.query(),
    ])
      expect(await refusal(ask())).toMatchObject({ code: "forbidden" });
  });
});

describe("REST, as the seeds have it", () => {
  test("needs a token, and says so", async () => {
    for (const [method, path] of [
      ["POST", "/api/bot/start"],
      ["POST", "/api/bot/stop"],
      ["GET", "/api/bot/status"],
      ["GET", "/api/sync/state"],
    ] as const)
      expect(await rest(null, method, path)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  });

  test("Invalid execution_mode rejected", async () => {
    const { user } = await setScene(stack, { accounts: 1, groups: 1 });
    expect(await rest(user, "POST", "/api/bot/start", { execution_mode: "turbo" })).toEqual({
      status: 400,
      body: { detail: "Invalid execution_mode", code: "invalid_execution_mode", field: "executionMode" },
    });
  });

  test("Starter mode without total_cycle_minutes rejected", async () => {
    const { user } = await setScene(stack, { accounts: 1, groups: 1 });
    expect(await rest(user, "POST", "/api/bot/start", { execution_mode: "starter" })).toEqual({
      status: 400,
      body: {
        detail: "Starter mode requires total_cycle_minutes > 0",
        code: "total_cycle_minutes_required",
        field: "totalCycleMinutes",
      },
    });
  });

  test("start, status, state and stop in snake_case, with an API key too", async () => {
    const scene = await setScene(stack, { accounts: 1, groups: 1 });
    const started = await rest(scene.user, "POST", "/api/bot/start");
    expect(started).toMatchObject({ status: 200, body: { bot_status: "running", execution_mode: "enterprise" } });
    await scene.until(1);
    await eventually(async () => (await scene.user.api.bot.status.query()).stats.totalPosts === 1);
    const { key } = await scene.user.api.users.createApiKey.mutate();
    const byKey = { ...scene.user, token: async () => key };
    expect((await rest(byKey, "GET", "/api/bot/status")).body).toMatchObject({
      bot_status: "running",
      messages_sent: 1,
      stats: { total_posts: 1, total_success: 1, total_failures: 0, total_flood_waits: 0, active_sessions: 1 },
    });
    const state = await rest(scene.user, "GET", "/api/sync/state");
    expect(state.body).toMatchObject({
      user: { id: scene.user.id, plan_type: "ENTERPRISE" },
      config: { messages_sent: 1 },
    });
    expect((await rest(scene.user, "POST", "/api/bot/stop")).body).toMatchObject({
      bot_status: "stopped",
      stop_reason: "user",
      stop_message: "Posting stopped.",
    });
    await scene.user.api.users.revokeApiKey.mutate();
    expect((await rest(byKey, "GET", "/api/bot/status")).status).toBe(401);
  });

  test("health tells of scheduler, database and queue, to anyone", async () => {
    expect(await rest(null, "GET", "/api/health")).toMatchObject({
      status: 200,
      body: {
        status: "ok",
        scheduler: { status: "running" },
        database: { status: "ok" },
        queue: { status: "ok" },
        engines: 1,
      },
    });
  });

  test("a body that is no JSON, and an address that is none", async () => {
    const { user } = await setScene(stack, { accounts: 1, groups: 1 });
    const response = await fetch(`${url}/api/bot/start`, {
      method: "POST",
      headers: { authorization: `Bearer ${await user.token()}`, "content-type": "application/json" },
      body: "{",
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, "invalid_input"]);
    expect(await rest(user, "GET", "/api/nothing")).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});
