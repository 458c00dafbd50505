import { appRouter } from "@herald/api";
import type { AuditEntryDto } from "@herald/contract";
import { telethonString } from "@herald/testing/people";
import { setScene } from "@herald/testing/scene";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { isMutation, type Place, procedures } from "./testing/procedures.ts";
import { startStack } from "./testing/stack.ts";

let place: Place;
let url: string;

beforeAll(async () => {
  const stack = await startStack();
  url = (await stack.startEngine()).url;
  const parts = await createParts(readEnvironment(stack.environment("audit")));
  place = { stack, parts, scene: await setScene(stack, { accounts: 1, groups: 1, plan: { maxGroups: 5 } }) };
});
afterAll(async () => {
  await place.parts.database.close();
  await place.stack[Symbol.asyncDispose]();
});

const newest = async (): Promise<AuditEntryDto[]> =>
  (await place.stack.admin.api.audit.list.query({ limit: 200 })).entries;

const acts = Object.entries(procedures).filter(([, { action }]) => action !== undefined);

test("every procedure that changes something is an act, and no other", () => {
  const all = Object.entries<object>(appRouter._def.procedures);
  const mutations = all.filter(([, procedure]) => isMutation(procedure)).map(([path]) => path);
  expect(mutations).toContain("bot.start");
  expect(acts.map(([path]) => path).sort()).toEqual(mutations.sort());
});

test.each(acts)("%s is kept in the audit, with who did it", async (_path, { action, who, given, call }) => {
  const by = who === "admin" ? place.stack.admin : place.scene.user;
  await given?.(place);
  const last = BigInt((await newest())[0]?.id ?? 0);
  await call(by, place);
  const written = (await newest()).filter(({ id }) => BigInt(id) > last);
  expect(written).toMatchObject([
    { action, actor: { kind: who === "admin" ? "admin" : "user", id: by.id, apiKeyId: null } },
  ]);
  expect(written[0]?.before ?? written[0]?.after).not.toBeNull();
});

test("an upload is kept in the audit, with who did it", async () => {
  const { emulator, admin } = place.stack;
  const account = emulator.world.account({ phone: "9996788888", firstName: "New", username: "of_an_upload" });
  expect(await (await admin.upload("new.txt", telethonString(account))).json()).toMatchObject({ status: "added" });
  expect((await newest())[0]).toMatchObject({
    action: "session.add",
    actor: { kind: "admin", id: admin.id, apiKeyId: null },
    after: { label: "@of_an_upload" },
  });
});

test("an API key acts in its own name, on behalf of its user", async () => {
  const { user } = place.scene;
  const { key } = await user.api.users.createApiKey.mutate();
  const [made] = await newest();
  await user.api.bot.start.mutate({});
  const stop = { method: "POST", headers: { authorization: `Bearer ${key}` } };
  expect((await fetch(`${url}/api/bot/stop`, stop)).status).toBe(200);
  expect((await newest())[0]).toMatchObject({
    actor: { kind: "api_key", id: user.id, apiKeyId: made?.target.id },
    action: "bot.stop",
    userId: user.id,
    after: { stopReason: "user" },
  });
});
