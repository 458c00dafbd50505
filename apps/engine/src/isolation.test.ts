import { appRouter, restRoutes } from "@herald/api";
import type { Person } from "@herald/testing/people";
import { setScene } from "@herald/testing/scene";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { type Place, type Procedure, procedures } from "./testing/procedures.ts";
import { startStack } from "./testing/stack.ts";

const PLAN = { type: "ENTERPRISE", maxSessions: 1, maxGroups: 5, expiresAt: null } as const;

let place: Place;
let people: Record<"stranger" | "disabled" | "expired", Person>;
/** The API key of whoever is disabled, from the time before. */
let oldKey: string;
/** A key that was replaced by another. */
let revokedKey: string;
/** What only the scene's user and admins may read. */
let marks: string[];

beforeAll(async () => {
  const stack = await startStack();
  await stack.startEngine();
  const parts = await createParts(readEnvironment(stack.environment("isolation")));
  const scene = await setScene(stack, { accounts: 1, groups: 1, plan: { maxGroups: 5 } });
  stack.emulator.world.supergroup({ username: "audited_group", title: "Audited", members: scene.accounts });
  await scene.user.api.bot.start.mutate({}); // an account is theirs from now on
  place = { stack, scene, parts };
  people = {
    stranger: await stack.createUser(PLAN),
    disabled: await stack.createUser(PLAN),
    expired: await stack.createUser({ ...PLAN, expiresAt: new Date(0).toISOString() }),
  };
  oldKey = (await people.disabled.api.users.createApiKey.mutate()).key;
  await stack.admin.api.users.update.mutate({ id: people.disabled.id, disabled: true });
  revokedKey = (await people.stranger.api.users.createApiKey.mutate()).key;
  await people.stranger.api.users.createApiKey.mutate();
  const { viewer, groups, bot, slots, log } = await scene.user.api.sync.state.query();
  marks = [viewer.id, viewer.email, ...[...groups, ...bot.sessions, ...slots].map(({ id }) => id)];
  marks.push(...groups.map(({ reference }) => reference), scene.channel.username ?? "", ...log.map(({ text }) => text));
  expect(marks.length).toBeGreaterThan(6);
});
afterAll(async () => {
  await place.parts.database.close();
  await place.stack[Symbol.asyncDispose]();
});

/** Whoever calls, and which code they are refused with by what only `who` may call; null: they are answered. */
interface Role {
  authorization(): Promise<string | null>;
  refusal(who: Procedure["who"]): string | null;
  /** what they may call, and are refused for another reason */
  otherwise?: Record<string, string>;
  /** whether what they call is their own, or everyone's */
  isAtHome?: true;
}

const bearer = async (person: Person) => `Bearer ${await person.token()}`;
/** A new key each time: some calls revoke it. */
const keyOf = async (person: Person) => `Bearer ${(await person.api.users.createApiKey.mutate()).key}`;

const refused: Role["refusal"] = (who) => (who === "anyone" ? null : "unauthenticated");
const asUser: Role["refusal"] = (who) => (who === "admin" ? "forbidden" : null);
const asAdmin: Role["refusal"] = () => null;

const roles: Record<string, Role> = {
  nobody: { authorization: async () => null, refusal: refused },
  "a disabled user": { authorization: () => bearer(people.disabled), refusal: refused },
  "an API key of a disabled user": { authorization: async () => `Bearer ${oldKey}`, refusal: refused },
  "an API key that was replaced": { authorization: async () => `Bearer ${revokedKey}`, refusal: refused },
  "another user": {
    authorization: () => bearer(people.stranger),
    refusal: asUser,
    otherwise: { "bot.start": "no_post" },
  },
  "an API key of another user": {
    authorization: () => keyOf(people.stranger),
    refusal: asUser,
    otherwise: { "bot.start": "no_post" },
  },
  "a user whose plan is over": {
    authorization: () => bearer(people.expired),
    refusal: asUser,
    otherwise: { "bot.start": "plan_expired" },
  },
  "the user": { authorization: () => bearer(place.scene.user), refusal: asUser, isAtHome: true },
  "an API key of the user": { authorization: () => keyOf(place.scene.user), refusal: asUser, isAtHome: true },
  "an admin": {
    authorization: () => bearer(place.stack.admin),
    refusal: asAdmin,
    otherwise: { "bot.start": "plan_missing" },
    isAtHome: true,
  },
  "an API key of an admin": {
    authorization: () => keyOf(place.stack.admin),
    refusal: asAdmin,
    otherwise: { "bot.start": "plan_missing" },
    isAtHome: true,
  },
};

/** What others could change of the scene's user, and of what is everyone's. */
async function belongings() {
  const { id } = place.scene.user;
  const { views } = place.parts.database;
  const [viewer, groups, bot, users, sessions, apiPairs, { chats }] = await Promise.all([
    views.viewer(id),
    views.groups(id),
    views.bot(id),
    views.users(),
    views.sessions(),
    views.apiPairs(),
    views.chats(),
  ]);
  return {
    viewer,
    groups: groups.map(({ id, reference, state }) => ({ id, reference, state })),
    bot: [bot.status, bot.stopReason, bot.breakerTrippedAt, bot.config],
    users: users.map(({ id, name, plan, disabled }) => ({ id, name, plan, disabled })),
    sessions: sessions.map(({ id, state, userId, needsAdmin }) => ({ id, state, userId, needsAdmin })),
    apiPairs: apiPairs.map(({ id, label, capacity }) => ({ id, label, capacity })),
    optedOut: chats.filter(({ optedOut }) => optedOut).map(({ id }) => id),
  };
}

/** The code that a call was refused with, null when it was answered; and all that it said. */
async function said(call: Promise<unknown>): Promise<{ code: string | null; text: string }> {
  try {
    return { code: null, text: JSON.stringify((await call) ?? null) };
  } catch (error) {
    if (!(error instanceof Error && "data" in error)) throw error;
    const { herald } = error.data as { herald: { code: string } };
    return { code: herald.code, text: JSON.stringify([error.message, error.data]) };
  }
}

const rest: Record<string, { who: Procedure["who"]; like?: string; query?: string }> = {
  "POST /api/bot/start": { who: "user", like: "bot.start" },
  "POST /api/bot/stop": { who: "user" },
  "GET /api/bot/status": { who: "user" },
  "GET /api/sync/state": { who: "user" },
  "POST /api/sessions/upload": { who: "admin", query: "?name=empty.session" },
  "GET /api/health": { who: "anyone" },
};

test("every procedure and every route stands in the matrix, and nothing else", () => {
  expect(Object.keys(procedures).sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
  expect(Object.keys(rest)).toEqual(restRoutes.map(({ method, path }) => `${method} ${path}`));
});

describe.each(Object.entries(roles))("%s", (_role, { authorization, refusal, otherwise, isAtHome }) => {
  /** Calls, and compares what is another's before and after. */
  const check = async (
    expected: string | null,
    call: () => Promise<{ code: string | null; text: string }>,
    isPublic: boolean,
  ) => {
    const before = isAtHome ? null : await belongings();
    const { code, text } = await call();
    expect(code).toBe(expected);
    if (isAtHome) return;
    expect(await belongings()).toEqual(before);
    if (!isPublic) expect(marks.filter((mark) => text.includes(mark))).toEqual([]);
  };

  test.each(Object.entries(procedures))("calls %s", async (path, { who, given, call }) => {
    await given?.(place);
    // once a test: a key that is made ends the one before, and what that one listens to
    const credentials = await authorization();
    const caller = place.stack.caller(async () => credentials);
    const expected = refusal(who) ?? otherwise?.[path] ?? null;
    await check(expected, () => said(call(caller, place)), who === "anyone");
  });

  test.each(Object.entries(rest))("calls %s", async (route, { who, like, query = "" }) => {
    await procedures[like ?? ""]?.given?.(place);
    const [method = "", path = ""] = route.split(" ");
    const expected = refusal(who) ?? otherwise?.[like ?? ""] ?? null;
    await check(
      expected,
      async () => {
        const response = await place.stack.caller(authorization).request(path + query, { method });
        const text = await response.text();
        return { code: response.ok ? null : JSON.parse(text).code, text };
      },
      who === "anyone",
    );
  });
});
