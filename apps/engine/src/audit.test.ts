import { appRouter } from "@herald/api";
import type { AuditEntryDto } from "@herald/contract";
import { PASSWORD, type Person, telethonString } from "@herald/testing/people";
import { type Scene, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createParts, type Parts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { startStack } from "./testing/stack.ts";

let stack: Stack;
let scene: Scene;
let url: string;
let parts: Parts;

beforeAll(async () => {
  stack = await startStack();
  url = (await stack.startEngine()).url;
  parts = await createParts(readEnvironment(stack.environment("audit")));
  scene = await setScene(stack, { accounts: 1, groups: 1, plan: { maxGroups: 5 } });
});
afterAll(async () => {
  await parts.database.close();
  await stack[Symbol.asyncDispose]();
});

const newest = async (): Promise<AuditEntryDto[]> => (await stack.admin.api.audit.list.query({ limit: 200 })).entries;
const find = async <T>(rows: Promise<T[]>, isMeant: (row: T) => boolean): Promise<T> => {
  const row = (await rows).find(isMeant);
  if (row === undefined) throw new Error("what the test needs is not there");
  return row;
};
const accountFile = () => {
  const account = stack.emulator.world.account({
    phone: "9996799999",
    firstName: "Audited",
    username: "audited_account",
  });
  return { name: "audited.txt", content: Buffer.from(telethonString(account)).toString("base64") };
};
const audited = () => find(stack.admin.api.sessions.list.query(), ({ username }) => username === "audited_account");
const pair = () => find(stack.admin.api.apiPairs.list.query(), ({ apiId }) => apiId === 777);
const auditedGroup = () => find(scene.user.api.groups.list.query(), ({ reference }) => reference === "@audited_group");

interface Act {
  /** what the audit calls it */
  action: string;
  by: "user" | "admin";
  /** what has to be so before */
  given?(): Promise<unknown>;
  call(user: Person["api"], admin: Person["api"]): Promise<unknown>;
}

/** How each procedure that changes something is called so that it does; in an order in which each finds what it needs. */
const acts: Record<string, Act> = {
  "groups.add": {
    action: "groups.add",
    by: "user",
    call: (user) => user.groups.add.mutate({ lines: ["@audited_group"] }),
  },
  "groups.reactivate": {
    action: "groups.reactivate",
    by: "user",
    given: async () => {
      const { id } = await auditedGroup();
      await parts.dependencies.store.transaction((tx) =>
        tx.groups.retire(id, { reason: "No.", code: "CHAT_WRITE_FORBIDDEN" }),
      );
    },
    call: async (user) => user.groups.reactivate.mutate({ ids: [(await auditedGroup()).id] }),
  },
  "groups.remove": {
    action: "groups.remove",
    by: "user",
    call: async (user) => user.groups.remove.mutate({ ids: [(await auditedGroup()).id] }),
  },
  "bot.configure": {
    action: "bot.configure",
    by: "user",
    call: (user) => user.bot.configure.mutate({ delayBetweenPosts: 1 }),
  },
  "bot.start": { action: "bot.start", by: "user", call: (user) => user.bot.start.mutate({}) },
  "bot.stop": { action: "bot.stop", by: "user", call: (user) => user.bot.stop.mutate() },
  "users.stopBot": {
    action: "bot.stop",
    by: "admin",
    given: () => scene.user.api.bot.start.mutate({}),
    call: (_user, admin) => admin.users.stopBot.mutate({ id: scene.user.id }),
  },
  "users.clearBreaker": {
    action: "bot.clear_breaker",
    by: "admin",
    given: () =>
      parts.dependencies.store.transaction(async (tx) => {
        const bot = await tx.bots.ofUser(scene.user.id);
        await tx.bots.update(bot.id, { breakerTrippedAt: new Date(), stopReason: "breaker" });
      }),
    call: (_user, admin) => admin.users.clearBreaker.mutate({ id: scene.user.id }),
  },
  "users.create": {
    action: "user.create",
    by: "admin",
    call: (_user, admin) =>
      admin.users.create.mutate({ email: "audited@example.org", name: "Audited", password: PASSWORD }),
  },
  "users.update": {
    action: "user.update",
    by: "admin",
    call: (_user, admin) => admin.users.update.mutate({ id: scene.user.id, name: "Another name" }),
  },
  "users.setTimeZone": {
    action: "user.update",
    by: "user",
    call: (user) => user.users.setTimeZone.mutate({ timeZone: "Europe/Kyiv" }),
  },
  "users.createApiKey": { action: "api_key.create", by: "user", call: (user) => user.users.createApiKey.mutate() },
  "users.revokeApiKey": { action: "api_key.revoke", by: "user", call: (user) => user.users.revokeApiKey.mutate() },
  "apiPairs.add": {
    action: "api_pair.add",
    by: "admin",
    call: (_user, admin) => admin.apiPairs.add.mutate({ apiId: 777, apiHash: "0123456789abcdef0123456789abcdef" }),
  },
  "apiPairs.update": {
    action: "api_pair.update",
    by: "admin",
    call: async (_user, admin) => admin.apiPairs.update.mutate({ id: (await pair()).id, label: "Audited" }),
  },
  "apiPairs.remove": {
    action: "api_pair.remove",
    by: "admin",
    call: async (_user, admin) => admin.apiPairs.remove.mutate({ id: (await pair()).id }),
  },
  "sessions.upload": {
    action: "session.add",
    by: "admin",
    call: (_user, admin) => admin.sessions.upload.mutate({ files: [accountFile()] }),
  },
  "sessions.wake": {
    action: "session.wake",
    by: "admin",
    given: async () => {
      const { id } = await audited();
      const rest = { until: null, needsAdmin: true, reason: "Limited.", code: "PEER_FLOOD" };
      await parts.dependencies.store.transaction((tx) => tx.sessions.rest(id, rest));
    },
    call: async (_user, admin) => admin.sessions.wake.mutate({ id: (await audited()).id }),
  },
  "sessions.retry": {
    action: "session.retry",
    by: "admin",
    given: async () => {
      const { id } = await audited();
      const death = { at: new Date(), cause: "lost", reason: "Signed out.", code: "AUTH_KEY_UNREGISTERED" } as const;
      await parts.dependencies.store.transaction((tx) => tx.sessions.ban(id, death));
    },
    call: async (_user, admin) => {
      expect(await admin.sessions.retry.mutate({ id: (await audited()).id })).toMatchObject({ found: "alive" });
      expect(await audited()).toMatchObject({ state: "unused", bannedAt: null, code: null });
    },
  },
  "sessions.remove": {
    action: "session.remove",
    by: "admin",
    call: async (_user, admin) => admin.sessions.remove.mutate({ id: (await audited()).id }),
  },
  "chats.update": {
    action: "chat.update",
    by: "admin",
    call: (_user, admin) => admin.chats.update.mutate({ id: "-1001234567890", optedOut: true, proof: "They said so." }),
  },
};

const isMutation = (procedure: object): boolean =>
  "_def" in procedure &&
  typeof procedure._def === "object" &&
  procedure._def !== null &&
  "type" in procedure._def &&
  procedure._def.type === "mutation";

test("every procedure that changes something has its act here", () => {
  const procedures = Object.entries<object>(appRouter._def.procedures);
  const mutations = procedures.filter(([, procedure]) => isMutation(procedure)).map(([path]) => path);
  expect(mutations).toContain("bot.start");
  expect(Object.keys(acts).sort()).toEqual(mutations.sort());
});

test.each(Object.entries(acts))(
  "%s is kept in the audit, with who did it",
  async (_path, { action, by, given, call }) => {
    await given?.();
    const last = BigInt((await newest())[0]?.id ?? 0);
    await call(scene.user.api, stack.admin.api);
    const written = (await newest()).filter(({ id }) => BigInt(id) > last);
    const id = by === "admin" ? stack.admin.id : scene.user.id;
    expect(written).toMatchObject([{ action, actor: { kind: by, id, apiKeyId: null } }]);
    expect(written[0]?.before ?? written[0]?.after).not.toBeNull();
  },
);

test("an API key acts in its own name, on behalf of its user", async () => {
  const { key } = await scene.user.api.users.createApiKey.mutate();
  const [made] = await newest();
  await scene.user.api.bot.start.mutate({});
  const stop = { method: "POST", headers: { authorization: `Bearer ${key}` } };
  expect((await fetch(`${url}/api/bot/stop`, stop)).status).toBe(200);
  expect((await newest())[0]).toMatchObject({
    actor: { kind: "api_key", id: scene.user.id, apiKeyId: made?.target.id },
    action: "bot.stop",
    userId: scene.user.id,
    after: { stopReason: "user" },
  });
});

test("the audit is for admins", async () => {
  await expect(scene.user.api.audit.list.query()).rejects.toMatchObject({ data: { herald: { code: "forbidden" } } });
});
