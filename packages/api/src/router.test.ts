import type { Identity } from "@herald/core";
import { describe, expect, test } from "vitest";
import { appRouter } from "./router.ts";
import { admin, recorded, user } from "./testing/recorded.ts";

const caller = (context: ReturnType<typeof recorded>["context"]) => appRouter.createCaller(context);
type Api = ReturnType<typeof caller>;

const ANYONE = "anyone";
const USER = "a user";
const PERSON = "a user on the pages";
const ADMIN = "an admin";

/** An admin asks in these: what a user may, they do for themselves; what only an admin may, by an admin's right. */
const asUser = { kind: "user", id: "a1", name: "The admin" };
const asAdmin = { kind: "admin", id: "a1", name: "The admin" };

const draft = { delayBetweenPosts: 5 };
const pair = { apiId: 7, apiHash: "0123456789abcdef0123456789abcdef", capacity: 3 };
const person = { email: "n@example.org", name: "N", password: "a long password", role: "user" as const, plan: null };

const newPassword = { current: "p", password: "a password of mine" };
const bothSteps = { password: "p", code: "1" };
/** A program of the admin's. */
const byKey: Identity = { ...admin, credential: { kind: "api_key", id: "k1", expiresAt: null } };

/** Every procedure: who may call it, a call, and what that asks of which service. */
const procedures: Record<string, [who: string, call: (api: Api) => Promise<unknown>, asks: unknown[]]> = {
  "bot.start": [
    USER,
    (api) => api.bot.start({ executionMode: "starter", totalCycleMinutes: 9 }),
    ["bots.start", asUser, { executionMode: "starter", totalCycleMinutes: 9 }],
  ],
  "bot.stop": [USER, (api) => api.bot.stop(), ["bots.stop", asUser, "a1"]],
  "bot.status": [USER, (api) => api.bot.status(), ["bots.status", "a1"]],
  "bot.unconfirmed": [USER, (api) => api.bot.unconfirmed(), ["bots.unconfirmed", "a1"]],
  "bot.configure": [USER, (api) => api.bot.configure(draft), ["bots.configure", asUser, draft]],
  "bot.forecast": [USER, (api) => api.bot.forecast(draft), ["bots.forecast", "a1", draft]],
  "bot.log": [USER, (api) => api.bot.log({ limit: 3 }), ["bots.log", "a1", { before: null, limit: 3 }]],
  "groups.list": [USER, (api) => api.groups.list(), ["groups.list", "a1"]],
  "groups.add": [USER, (api) => api.groups.add({ lines: ["@shop"] }), ["groups.add", asUser, ["@shop"]]],
  "groups.remove": [USER, (api) => api.groups.remove({ ids: ["g1"] }), ["groups.remove", asUser, ["g1"]]],
  "groups.reactivate": [USER, (api) => api.groups.reactivate({ ids: ["g1"] }), ["groups.reactivate", asUser, ["g1"]]],
  "sync.state": [USER, (api) => api.sync.state(), ["sync.state", "a1"]],
  "users.viewer": [USER, (api) => api.users.viewer(), ["users.viewer", "a1"]],
  "users.createApiKey": [USER, (api) => api.users.createApiKey(), ["users.createApiKey", asUser]],
  "users.revokeApiKey": [USER, (api) => api.users.revokeApiKey(), ["users.revokeApiKey", asUser]],
  "users.setTimeZone": [
    USER,
    (api) => api.users.setTimeZone({ timeZone: "Europe/Kyiv" }),
    ["users.setTimeZone", asUser, "Europe/Kyiv"],
  ],
  "users.changePassword": [
    PERSON,
    (api) => api.users.changePassword(newPassword),
    ["users.changePassword", asUser, "sign-in of a1", newPassword],
  ],
  "users.resetTwoStep": [ADMIN, (api) => api.users.resetTwoStep({ id: "u1" }), ["twoStep.reset", asAdmin, "u1"]],
  "twoStep.status": [PERSON, (api) => api.twoStep.status(), ["twoStep.status", "a1"]],
  "twoStep.begin": [PERSON, (api) => api.twoStep.begin({ password: "p" }), ["twoStep.begin", asUser, "p"]],
  "twoStep.confirm": [PERSON, (api) => api.twoStep.confirm({ code: "1" }), ["twoStep.confirm", asUser, "1"]],
  "twoStep.renewCodes": [PERSON, (api) => api.twoStep.renewCodes(bothSteps), ["twoStep.renewCodes", asUser, bothSteps]],
  "twoStep.turnOff": [PERSON, (api) => api.twoStep.turnOff(bothSteps), ["twoStep.turnOff", asUser, bothSteps]],
  "signIns.list": [PERSON, (api) => api.signIns.list(), ["signIns.list", "a1", "sign-in of a1"]],
  "signIns.end": [PERSON, (api) => api.signIns.end({ id: "s1" }), ["signIns.end", asUser, "s1"]],
  "signIns.endOthers": [
    PERSON,
    (api) => api.signIns.endOthers({ apiKey: true }),
    ["signIns.endOthers", asUser, "sign-in of a1", { apiKey: true }],
  ],
  "users.list": [ADMIN, (api) => api.users.list(), ["users.list"]],
  "users.create": [ADMIN, (api) => api.users.create(person), ["users.create", asAdmin, person]],
  "users.update": [
    ADMIN,
    (api) => api.users.update({ id: "u1", disabled: true }),
    ["users.update", asAdmin, { id: "u1", disabled: true }],
  ],
  "users.stopBot": [ADMIN, (api) => api.users.stopBot({ id: "u1" }), ["bots.stop", asAdmin, "u1"]],
  "users.clearBreaker": [ADMIN, (api) => api.users.clearBreaker({ id: "u1" }), ["bots.clearBreaker", asAdmin, "u1"]],
  "sessions.list": [ADMIN, (api) => api.sessions.list(), ["sessions.list"]],
  "sessions.remove": [ADMIN, (api) => api.sessions.remove({ id: "s1" }), ["sessions.remove", asAdmin, "s1"]],
  "sessions.wake": [ADMIN, (api) => api.sessions.wake({ id: "s1" }), ["sessions.wake", asAdmin, "s1"]],
  "sessions.retry": [ADMIN, (api) => api.sessions.retry({ id: "s1" }), ["sessions.retry", asAdmin, "s1"]],
  "apiPairs.list": [ADMIN, (api) => api.apiPairs.list(), ["apiPairs.list"]],
  "apiPairs.add": [ADMIN, (api) => api.apiPairs.add(pair), ["apiPairs.add", asAdmin, pair]],
  "apiPairs.update": [
    ADMIN,
    (api) => api.apiPairs.update({ id: "p1", capacity: 4 }),
    ["apiPairs.update", asAdmin, { id: "p1", capacity: 4 }],
  ],
  "apiPairs.remove": [ADMIN, (api) => api.apiPairs.remove({ id: "p1" }), ["apiPairs.remove", asAdmin, "p1"]],
  "chats.list": [ADMIN, (api) => api.chats.list(), ["chats.list"]],
  "chats.update": [
    ADMIN,
    (api) => api.chats.update({ id: "-42", optedOut: true }),
    ["chats.update", asAdmin, { id: "-42", optedOut: true }],
  ],
  "audit.list": [
    ADMIN,
    (api) => api.audit.list({ before: "9" }),
    ["audit.list", { before: "9", userId: null, limit: 50 }],
  ],
  overview: [ADMIN, (api) => api.overview(), ["overview"]],
  health: [ANYONE, (api) => api.health(), ["health"]],
};
const rows = Object.entries(procedures).map(([path, [who, call, asks]]) => ({ path, who, call, asks }));

test("no procedure is left out here", () => {
  // the stream has tests of its own
  expect(Object.keys(appRouter._def.procedures).sort()).toEqual([...Object.keys(procedures), "sync.events"].sort());
});

describe.each(rows)("$path, for $who", ({ who, call, asks }) => {
  test("asks one service, and answers what it answers", async () => {
    const { context, calls } = recorded(admin);
    expect(await call(caller(context))).toBe(asks[0]);
    expect(calls).toEqual([asks]);
  });

  test("asks nothing for others", async () => {
    for (const [identity, isLetIn, code] of [
      [null, who === ANYONE, "UNAUTHORIZED"],
      [user, who !== ADMIN, "FORBIDDEN"],
      [byKey, who !== PERSON, "FORBIDDEN"],
    ] as const) {
      const { context, calls } = recorded(identity);
      const answer = call(caller(context));
      if (isLetIn) expect(await answer).toBe(asks[0]);
      else await expect(answer).rejects.toMatchObject({ code });
      expect(calls).toHaveLength(isLetIn ? 1 : 0);
    }
  });
});

test("a program acts by its key, for whom the key belongs to", async () => {
  const { context, calls } = recorded(byKey);
  const program = { kind: "api_key", id: "a1", name: "The admin", keyId: "k1" };
  await caller(context).bot.start();
  await caller(context).sessions.wake({ id: "s1" });
  expect(calls).toEqual([
    ["bots.start", program, {}],
    ["sessions.wake", program, "s1"],
  ]);
});

test.each([
  ["a bot's delay below zero", (api: Api) => api.bot.configure({ delayBetweenPosts: -1 })],
  ["a forecast of it", (api: Api) => api.bot.forecast({ delayBetweenPosts: -1 })],
  ["a page of no lines", (api: Api) => api.bot.log({ limit: 0 })],
  ["no groups to add", (api: Api) => api.groups.add({ lines: [] })],
  ["no groups to remove", (api: Api) => api.groups.remove({ ids: [] })],
  ["no groups to take up again", (api: Api) => api.groups.reactivate({ ids: [] })],
  ["no such time zone", (api: Api) => api.users.setTimeZone({ timeZone: "Europe/Nowhere" })],
  ["a short password", (api: Api) => api.users.create({ ...person, password: "short" })],
  ["a role that there is not", (api: Api) => api.users.update({ id: "u1", role: "owner" as "admin" })],
  ["a short new password", (api: Api) => api.users.update({ id: "u1", password: "short" })],
  ["an api_hash that is none", (api: Api) => api.apiPairs.add({ ...pair, apiHash: "x" })],
  ["a pair for nobody", (api: Api) => api.apiPairs.update({ id: "p1", capacity: 0 })],
  ["no chat's id", (api: Api) => api.chats.update({ id: "42" })],
  ["no entry of the audit", (api: Api) => api.audit.list({ before: "x" })],
])("%s is refused before a service is asked", async (_what, call) => {
  const { context, calls, faults } = recorded(admin);
  await expect(call(caller(context))).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect([calls, faults]).toEqual([[], []]);
});
