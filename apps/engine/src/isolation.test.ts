import { appRouter } from "@herald/api";
import { ApiKeyScope } from "@herald/contract";
import { PASSWORD, type Person } from "@herald/testing/people";
import { setScene } from "@herald/testing/scene";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { type Place, type Procedure, procedures } from "./testing/procedures.ts";
import { routes } from "./testing/routes.ts";
import { type Said, said, saidBy } from "./testing/said.ts";
import { startStack } from "./testing/stack.ts";

const PLAN = { type: "ENTERPRISE", maxSessions: 1, maxGroups: 5, expiresAt: null } as const;

let place: Place;
let people: Record<"stranger" | "disabled" | "formerAdmin" | "expired", Person>;
/** The API keys of those who are disabled, from the time before. */
let oldKeys: Record<"disabled" | "formerAdmin", string>;
/** A key that was replaced by another. */
let revokedKey: string;
/** A token of a sign-in that was ended. */
let endedToken: string;
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
  const { id } = await stack.admin.api.users.create.mutate({
    email: "former@example.org",
    name: "Former",
    password: PASSWORD,
    role: "admin",
  });
  people = {
    stranger: await stack.createUser(PLAN),
    disabled: await stack.createUser(PLAN),
    formerAdmin: stack.person(id),
    expired: await stack.createUser({ ...PLAN, expiresAt: new Date(0).toISOString() }),
  };
  const { disabled, formerAdmin } = people;
  oldKeys = { disabled: await keyOf(disabled), formerAdmin: await keyOf(formerAdmin) };
  for (const { id } of [disabled, formerAdmin]) await stack.admin.api.users.update.mutate({ id, disabled: true });
  revokedKey = (await people.stranger.api.users.createApiKey.mutate()).key;
  await people.stranger.api.users.createApiKey.mutate();
  endedToken = await tokenOfEnded(people.stranger);
  const { viewer, groups, bot, slots, log } = await scene.user.api.sync.state.query();
  marks = [viewer.id, viewer.email, ...[...groups, ...bot.sessions, ...slots].map(({ id }) => id)];
  marks.push(...groups.map(({ reference }) => reference), scene.channel.username ?? "", ...log.map(({ text }) => text));
  expect(marks.length).toBeGreaterThan(6);
});
afterAll(async () => {
  await place.parts.database.close();
  await place.stack[Symbol.asyncDispose]();
});

/** A token of a sign-in of theirs that they end from another one. */
async function tokenOfEnded(person: Person): Promise<string> {
  const there = place.stack.person(person.id);
  const token = await there.token();
  const [current] = (await there.api.signIns.list.query()).filter(({ isCurrent }) => isCurrent);
  await person.api.signIns.end.mutate({ id: current?.id ?? "" });
  return token;
}

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
/** How a person signs in is no matter of a program's. */
const asProgram =
  (of: Role["refusal"]): Role["refusal"] =>
  (who) =>
    who === "person" ? "forbidden" : of(who);
/** One of the scene's user's sign-ins, which is nobody else's to end. */
const notTheirs = { "signIns.end": "not_found" };

const roles: Record<string, Role> = {
  nobody: { authorization: async () => null, refusal: refused },
  "a disabled user": { authorization: () => bearer(people.disabled), refusal: refused },
  "an API key of a disabled user": { authorization: async () => oldKeys.disabled, refusal: refused },
  "a disabled admin": { authorization: () => bearer(people.formerAdmin), refusal: refused },
  "an API key of a disabled admin": { authorization: async () => oldKeys.formerAdmin, refusal: refused },
  "an API key that was replaced": { authorization: async () => `Bearer ${revokedKey}`, refusal: refused },
  "a sign-in that was ended": { authorization: async () => `Bearer ${endedToken}`, refusal: refused },
  "another user": {
    authorization: () => bearer(people.stranger),
    refusal: asUser,
    otherwise: { "bot.start": "no_post", ...notTheirs },
  },
  "an API key of another user": {
    authorization: () => keyOf(people.stranger),
    refusal: asProgram(asUser),
    otherwise: { "bot.start": "no_post" },
  },
  "a user whose plan is over": {
    authorization: () => bearer(people.expired),
    refusal: asUser,
    otherwise: { "bot.start": "plan_expired", ...notTheirs },
  },
  "an API key of a user whose plan is over": {
    authorization: () => keyOf(people.expired),
    refusal: asProgram(asUser),
    otherwise: { "bot.start": "plan_expired" },
  },
  "the user": { authorization: () => bearer(place.scene.user), refusal: asUser, isAtHome: true },
  "an API key of the user": {
    authorization: () => keyOf(place.scene.user),
    refusal: asProgram(asUser),
    isAtHome: true,
  },
  "an admin": {
    authorization: () => bearer(place.stack.admin),
    refusal: asAdmin,
    otherwise: { "bot.start": "plan_missing", ...notTheirs },
    isAtHome: true,
  },
  "an API key of an admin": {
    authorization: () => keyOf(place.stack.admin),
    refusal: asProgram(asAdmin),
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
    users: users.map(({ id, name, role, plan, disabled }) => ({ id, name, role, plan, disabled })),
    signIns: (await views.signIns(id, new Date())).map(({ id }) => id),
    sessions: sessions.map(({ id, state, userId, needsAdmin }) => ({ id, state, userId, needsAdmin })),
    apiPairs: apiPairs.map(({ id, label, capacity }) => ({ id, label, capacity })),
    optedOut: chats.filter(({ optedOut }) => optedOut).map(({ id }) => id),
  };
}

/** The newest entry of the audit: what is refused leaves none. */
const lastAct = async () =>
  (await place.parts.database.views.audit({ before: null, userId: null, limit: 1 })).entries[0]?.id;

test("every procedure stands in the matrix, and nothing else", () => {
  expect(Object.keys(procedures).sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
});

test("every scope that a key can have is a role here", async () => {
  const scopes = await place.parts.dependencies.store.transaction(async (tx) => {
    const key = await keyOf(place.scene.user);
    const found = await tx.apiKeys.findByHash(place.parts.dependencies.hashes.sha256(key.replace("Bearer ", "")));
    return found?.key.scopes;
  });
  expect(scopes).toEqual(["full"]);
  expect(ApiKeyScope.options).toEqual(["full"]);
});

const kinds = Object.keys(roles).length;
const calls = Object.keys(procedures).length + Object.keys(routes).length;

describe(`${kinds} kinds of callers at ${calls} procedures and routes, ${kinds * calls} cells`, () => {
  describe.each(Object.entries(roles))("%s", (_role, { authorization, refusal, otherwise, isAtHome }) => {
    /** Calls, and compares what is another's before and after. */
    const check = async (expected: string | null, call: () => Promise<Said>, isPublic: boolean) => {
      const [before, act] = [isAtHome ? null : await belongings(), await lastAct()];
      const { code, text } = await call();
      expect(code).toBe(expected);
      if (expected !== null) expect(await lastAct()).toBe(act);
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

    test.each(Object.entries(routes))("calls %s", async (route, { who, like, query = "" }) => {
      await procedures[like ?? ""]?.given?.(place);
      const credentials = await authorization();
      const caller = place.stack.caller(async () => credentials);
      const expected = who === "pages" ? "unauthenticated" : (refusal(who) ?? otherwise?.[like ?? ""] ?? null);
      await check(expected, () => saidBy(caller, route + query), who === "anyone");
    });
  });
});
