import type { BotStatusDto, LogEntryDto, SyncStateDto } from "@herald/contract";
import { HeraldError } from "@herald/core";
import { expect, test } from "vitest";
import { restError, restRoutes } from "./rest.ts";
import { admin, recorded, user } from "./testing/recorded.ts";

const AT = "2026-05-03T10:00:00.000Z";
const actor = { kind: "user", id: "u1", name: "The user" };

const bot: BotStatusDto = {
  status: "running",
  stopReason: "admin",
  stopMessage: "An admin stopped it.",
  startedAt: AT,
  stoppedAt: null,
  nextCycleAt: null,
  config: {
    post: { type: "text", content: "Hello" },
    executionMode: null,
    totalCycleMinutes: 45,
    delayBetweenPosts: 5,
    delayBetweenCycles: 60,
    sessionCount: null,
  },
  executionMode: "starter",
  sessions: (["assigned", "resting", "banned"] as const).map((state) => ({
    id: `id of ${state}`,
    label: `one that is ${state}`,
    state,
    restingUntil: null,
    reason: null,
  })),
  groupCount: 2,
  retiredGroupCount: 0,
  cycle: null,
  stats: {
    totalPosts: 1,
    totalSuccess: 2,
    totalFailures: 3,
    totalFloodWaits: 4,
    totalMessagesSent: 5,
    activeSessions: 6,
    bannedSessions: 7,
    lastActivity: AT,
  },
  hindrances: [],
};
const groups = [{ reference: "@shop" }, { reference: "-42" }];
const log: LogEntryDto = {
  id: "1",
  at: AT,
  level: "info",
  text: "Posted.",
  code: null,
  sessionId: null,
  groupId: null,
};

const stats = {
  total_posts: 1,
  total_success: 2,
  total_failures: 3,
  total_flood_waits: 4,
  total_messages_sent: 5,
  active_sessions: 6,
  banned_sessions: 7,
  last_activity: AT,
};
const status = {
  bot_status: "running",
  stop_reason: "admin",
  stop_message: "An admin stopped it.",
  execution_mode: "starter",
  total_cycle_minutes: 45,
  assigned_sessions: ["one that is assigned", "one that is resting"],
  banned_sessions: ["one that is banned"],
  groups: ["@shop", "-42"],
  post_type: "text",
  post_content: "Hello",
  messages_sent: 5,
  stats,
};

const answers = { "bots.start": bot, "bots.stop": bot, "bots.status": bot, "groups.list": groups };

/** What an endpoint answers, and what it asked the services for. */
async function ask(endpoint: string, { who = user, body, query = {}, more = {} }: Asked = {}) {
  const { context, calls } = recorded(who, { ...answers, ...more });
  const route = restRoutes.find(({ method, path }) => `${method} ${path}` === endpoint);
  return { answer: await route?.handle(context, body, query), calls };
}
interface Asked {
  who?: typeof user | null;
  body?: unknown;
  query?: unknown;
  more?: Record<string, unknown>;
}

const list = ["groups.list", "u1"];

test("start, stop and status answer alike, in the seeds' spelling", async () => {
  expect(await ask("POST /api/bot/stop")).toEqual({ answer: status, calls: [["bots.stop", actor, "u1"], list] });
  expect(await ask("GET /api/bot/status")).toEqual({ answer: status, calls: [["bots.status", "u1"], list] });
  expect((await ask("POST /api/bot/start")).answer).toEqual(status);
});

test.each([
  ["nothing", undefined, { executionMode: null, totalCycleMinutes: undefined }],
  ["null", null, { executionMode: null, totalCycleMinutes: undefined }],
  ["no mode", { total_cycle_minutes: 30 }, { executionMode: null, totalCycleMinutes: 30 }],
  ["a mode", { execution_mode: "starter" }, { executionMode: "starter", totalCycleMinutes: undefined }],
  // which modes there are is the service's to say, by a code of its own
  ["any word", { execution_mode: "x", total_cycle_minutes: 0 }, { executionMode: "x", totalCycleMinutes: 0 }],
])("a start with %s leaves to the plan what it does not name", async (_what, body, input) => {
  expect((await ask("POST /api/bot/start", { body })).calls).toEqual([["bots.start", actor, input], list]);
});

test.each([[[]], ["starter"], [{ execution_mode: 7 }], [{ total_cycle_minutes: "30" }]])(
  "a start with the body %j is refused before anything is started",
  async (body) => {
    const { context, calls } = recorded(user, answers);
    const start = restRoutes.find(({ path }) => path === "/api/bot/start");
    const error: unknown = await start?.handle(context, body, {}).catch((error: unknown) => error);
    expect(restError(error)).toMatchObject({ status: 400, body: { code: "invalid_input" } });
    expect(calls).toEqual([]);
  },
);

test("a bot without a post has neither its type nor its content", async () => {
  const without = { ...bot, config: { ...bot.config, post: null } };
  expect((await ask("GET /api/bot/status", { more: { "bots.status": without } })).answer).toEqual({
    ...status,
    post_type: null,
    post_content: null,
  });
});

test("the state for a dashboard has the user, the bot, its figures and its log", async () => {
  const viewer: SyncStateDto["viewer"] = {
    id: "u1",
    email: "u1@example.org",
    name: "The user",
    role: "user",
    plan: { type: "STARTER", maxSessions: 3, maxGroups: 9, expiresAt: AT },
    apiKeyHint: null,
    timeZone: "UTC",
  };
  const state = (plan: typeof viewer.plan) => ({
    more: { "sync.state": { viewer: { ...viewer, plan }, bot, groups, log: [log] } },
  });
  const known = { id: "u1", email: "u1@example.org" };
  expect(await ask("GET /api/sync/state", state(viewer.plan))).toEqual({
    answer: {
      user: { ...known, plan_type: "STARTER", max_sessions: 3, max_groups: 9, plan_expires_at: AT },
      config: status,
      stats,
      logs: [log],
    },
    calls: [["sync.state", "u1"]],
  });
  expect((await ask("GET /api/sync/state", state(null))).answer).toMatchObject({
    user: { ...known, plan_type: null, max_sessions: null, max_groups: null, plan_expires_at: null },
  });
});

const asAdmin = { kind: "admin", id: "a1", name: "The admin" };

test.each([
  ["a file", Buffer.from("a key")],
  ["an empty file", undefined],
])("an upload of %s goes to the pool as it is, under the name in its address", async (_what, body) => {
  const { answer, calls } = await ask("POST /api/sessions/upload", {
    who: admin,
    body,
    query: { name: "shop.session" },
  });
  expect(answer).toBe("sessions.upload");
  expect(calls).toEqual([["sessions.upload", asAdmin, { name: "shop.session", content: body ?? new Uint8Array() }]]);
});

test("an upload that is not an admin's, or has no name, comes to nothing", async () => {
  for (const [who, query, code] of [
    [user, { name: "a" }, "forbidden"],
    [admin, {}, "invalid_input"],
    [admin, { name: "" }, "invalid_input"],
  ] as const) {
    const { context, calls } = recorded(who);
    const upload = restRoutes.find(({ path }) => path === "/api/sessions/upload");
    const codeOf = (error: unknown) => restError(error).body.code;
    const admitted = upload?.admit(context).then(() => "admitted", codeOf);
    const handled = upload?.handle(context, Buffer.from("a key"), query).then(() => "handled", codeOf);
    expect(await Promise.all([admitted, handled])).toEqual([who === admin ? "admitted" : code, code]);
    expect(calls).toEqual([]);
  }
});

test("only how the engine is may be asked by who is not signed in", async () => {
  expect(await ask("GET /api/health", { who: null })).toEqual({ answer: "health", calls: [["health"]] });
  for (const { method, path, handle } of restRoutes.filter(({ path }) => path !== "/api/health")) {
    const { context, calls } = recorded(null, answers);
    const error: unknown = await handle(context, undefined, {}).catch((error: unknown) => error);
    expect([`${method} ${path}`, restError(error)]).toEqual([
      `${method} ${path}`,
      {
        status: 401,
        body: { code: "unauthenticated", detail: "Send a token or an API key as “Authorization: Bearer …”." },
      },
    ]);
    expect(calls).toEqual([]);
  }
});

test("a refusal is answered with its status, and names the field where it has one", () => {
  expect(restError(new HeraldError("no_sessions", "No account is free."))).toStrictEqual({
    status: 409,
    body: { code: "no_sessions", detail: "No account is free." },
  });
  expect(restError(new HeraldError("no_post", "Choose a post.", { field: "post", details: { n: 1 } }))).toEqual({
    status: 400,
    body: { code: "no_post", detail: "Choose a post.", field: "post" },
  });
});
