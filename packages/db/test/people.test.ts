import { randomBytes } from "node:crypto";
import { HeraldError, type User } from "@herald/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claim, runningCycle } from "./cycle.ts";
import { asAdmin, asUser, servicesOver, system } from "./services.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
let now = new Date();
beforeEach(async () => {
  world = await openWorld();
  now = new Date();
});
afterEach(() => world.close());

const services = () => servicesOver(world, () => now);
const person = (role: "admin" | "user" = "user") =>
  world.store.transaction(async (tx): Promise<User> => {
    const email = `${randomBytes(6).toString("hex")}@example.org`;
    const user = await tx.users.create({ email, name: "Ada", passwordHash: "x", role, plan: null });
    if (user === "email_taken") throw new Error(user);
    return user;
  });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (error instanceof HeraldError ? error.code : error),
  );
const isDisabled = async (id: string) =>
  (await world.sql.query("SELECT disabled FROM users WHERE id = $1", [id])).rows[0].disabled;
const audit = async () =>
  (await services().audit.list({ before: null, userId: null, limit: 200 })).entries.map(
    ({ action, actor, before, after }) => ({ action, actor: actor.name, kind: actor.kind, before, after }),
  );

test("of two admins who disable each other at once exactly one does", async () => {
  for (let round = 0; round < 2; round++) {
    const [one, other] = await Promise.all([person("admin"), person("admin")]);
    const { users } = services();
    const answers = await Promise.all([
      codeOf(users.update(asAdmin(one), { id: other.id, disabled: true })),
      codeOf(users.update(asAdmin(other), { id: one.id, disabled: true })),
    ]);
    expect(answers.filter((answer) => answer === "done")).toHaveLength(1);
    expect([await isDisabled(one.id), await isDisabled(other.id)].filter(Boolean)).toHaveLength(1);
    // those who stay would let the next round's pair go
    await world.sql.query("UPDATE users SET disabled = true");
  }
});

test("of three admins, one who was disabled a moment ago disables nobody any more", async () => {
  const [one, other] = await Promise.all([person("admin"), person("admin"), person("admin")]);
  const { users } = services();
  const answers = await Promise.all([
    codeOf(users.update(asAdmin(one), { id: other.id, disabled: true })),
    codeOf(users.update(asAdmin(other), { id: one.id, disabled: true })),
  ]);
  expect(answers.sort()).toEqual(["done", "unauthenticated"]);
});

test("the only admin is not disabled, whoever asks", async () => {
  const only = await person("admin");
  expect(await codeOf(services().users.update(system, { id: only.id, disabled: true }))).toBe("last_admin");
  expect(await isDisabled(only.id)).toBe(false);
});

test("disabling a user stops their bot in the same moment, and no claim goes any more", async () => {
  const admin = await person("admin");
  const { user, slots } = await runningCycle(world, { chats: ["-1001"] });
  const [slot] = slots;
  if (slot === undefined) throw new Error("no slot");
  await services().users.update(asAdmin(admin), { id: user.id, disabled: true });
  expect(await claim(world.database, slot)).toEqual({ kind: "lost" });
  expect(await world.database.views.bot(user.id)).toMatchObject({
    status: "stopped",
    stopReason: "admin",
    stopMessage: "An admin disabled this account, so posting stopped.",
  });
  expect(await audit()).toMatchObject([
    { action: "user.update", actor: "Ada", kind: "admin", before: { disabled: false }, after: { disabled: true } },
    { action: "bot.stop", actor: "Ada", kind: "admin", after: { stopReason: "admin" } },
  ]);
});

test("a disabled user's bot is not started by a request that was let in before", async () => {
  const user = await person();
  await services().users.update(system, { id: user.id, disabled: true });
  expect(await codeOf(services().bots.start(asUser(user), {}))).toBe("forbidden");
});

test("what a password or an api_hash is does not stand in the audit; that it changed does", async () => {
  const user = await person();
  const { users, apiPairs } = services();
  await users.update(system, { id: user.id, password: "a secret of ten", name: "Eve" });
  const apiHash = "0123456789abcdef0123456789abcdef";
  await apiPairs.add(system, { apiId: 7, apiHash, label: "mine", capacity: 7 });
  const { key } = await users.createApiKey(asUser(user));
  const entries = await audit();
  expect(entries).toMatchObject([
    { action: "api_key.create", kind: "user", before: null, after: { hint: key.slice(-4), scopes: ["full"] } },
    { action: "api_pair.add", after: { apiId: 7, apiHash: "changed", label: "mine", capacity: 7 } },
    { action: "user.update", before: { name: "Ada", password: null }, after: { name: "Eve", password: "changed" } },
  ]);
  const { rows } = await world.sql.query("SELECT to_jsonb(a)::text AS text FROM audit_log a");
  const all = rows.map((row) => row.text).join();
  for (const secret of ["a secret of ten", "hash of", apiHash, key]) expect(all).not.toContain(secret);
});

test("an act that is refused leaves nothing in the audit, and neither does one that changes nothing", async () => {
  const user = await person();
  const { bots, users } = services();
  expect(await codeOf(bots.start(asUser(user), {}))).toBe("plan_missing");
  await users.update(system, { id: user.id, name: "Ada" });
  await bots.stop(asUser(user), user.id);
  expect(await audit()).toEqual([]);
});

test("the audit is read by pages, and of one tenant", async () => {
  const [one, other] = await Promise.all([person(), person()]);
  const { users, audit } = services();
  for (const name of ["a", "b", "c"]) await users.update(system, { id: one.id, name });
  await users.update(system, { id: other.id, name: "d" });
  const first = await audit.list({ before: null, userId: one.id, limit: 2 });
  expect(first.entries.map(({ after }) => after)).toEqual([{ name: "c" }, { name: "b" }]);
  expect(first.next).toBe(first.entries[1]?.id);
  const second = await audit.list({ before: first.next, userId: one.id, limit: 2 });
  expect(second.entries.map(({ after }) => after)).toEqual([{ name: "a" }]);
  expect(second.next).toBeNull();
});

test("a new API key takes the place of the one before, also when two are made at once", async () => {
  const user = await person();
  const { users, access } = services();
  const first = await users.createApiKey(asUser(user));
  const made = await Promise.all([users.createApiKey(asUser(user)), users.createApiKey(asUser(user))]);
  const valid = await Promise.all([first, ...made].map(({ key }) => access.byApiKey(key)));
  expect(valid[0]).toBeNull();
  expect(valid.filter((identity) => identity !== null)).toHaveLength(1);
  await users.revokeApiKey(asUser(user));
  for (const { key } of made) expect(await access.byApiKey(key)).toBeNull();
  expect((await users.viewer(user.id)).apiKeyHint).toBeNull();
});

test("an API key that is over, or whose user is disabled, lets nobody in", async () => {
  const user = await person();
  const { users, access } = services();
  const { key } = await users.createApiKey(asUser(user));
  expect(await access.byApiKey(key)).toMatchObject({ user: { id: user.id }, credential: { kind: "api_key" } });
  await world.sql.query("UPDATE api_keys SET expires_at = $1", [now]);
  expect(await access.byApiKey(key)).toBeNull();
  now = new Date(now.getTime() - 1);
  expect(await access.byApiKey(key)).not.toBeNull();
  await users.update(system, { id: user.id, disabled: true });
  expect(await access.byApiKey(key)).toBeNull();
});

test("the last use of a key is noted once a minute", async () => {
  const user = await person();
  await services().users.createApiKey(asUser(user));
  const { rows } = await world.sql.query("SELECT id FROM api_keys");
  const used = async (at: string) => {
    await world.store.transaction((tx) => tx.apiKeys.used(rows[0].id, new Date(at)));
    return (await world.sql.query("SELECT last_used_at FROM api_keys")).rows[0].last_used_at.toISOString();
  };
  expect(await used("2026-05-03T10:00:00.000Z")).toBe("2026-05-03T10:00:00.000Z");
  expect(await used("2026-05-03T10:00:59.999Z")).toBe("2026-05-03T10:00:00.000Z");
  expect(await used("2026-05-03T10:01:00.000Z")).toBe("2026-05-03T10:01:00.000Z");
});

test("a person sets their own time zone, and their day follows it", async () => {
  const user = await person();
  now = new Date("2026-05-03T21:30:00Z");
  const day = async () => (await services().sync.state(user.id)).today.day;
  expect(await day()).toBe("2026-05-03");
  expect(await services().users.setTimeZone(asUser(user), "Europe/Kyiv")).toMatchObject({ timeZone: "Europe/Kyiv" });
  expect(await day()).toBe("2026-05-04");
});

test("today's hours are counted by the person's clock, from their midnight on", async () => {
  const { user, slots } = await runningCycle(world, { sessions: 3, chats: ["-1001"] });
  const viewer = await services().users.setTimeZone(asUser(user), "Asia/Kolkata"); // five and a half hours ahead
  const settled = ["2026-05-03T18:29:59Z", "2026-05-03T18:30:00Z", "2026-05-03T20:29:00Z"];
  for (const [index, at] of settled.entries())
    await world.sql.query(
      `UPDATE deliveries SET state = 'sent', outcome = 'sent', attempts = 1, tried_at = $2, settled_at = $2 WHERE id = $1`,
      [slots[index]?.deliveryId, at],
    );
  const { views } = world.database;
  expect(await views.today(viewer, new Date("2026-05-03T20:30:00Z"))).toEqual({
    day: "2026-05-04",
    hours: [
      { hour: 0, sent: 1, failed: 0, skipped: 0 },
      { hour: 1, sent: 1, failed: 0, skipped: 0 },
    ],
  });
});

test("an opt-out keeps who and why, and who took it back", async () => {
  const admin = await person("admin");
  const { chats } = services();
  const { chats: listed } = await chats.update(asAdmin(admin), {
    id: "-1001234567890",
    optedOut: true,
    proof: "https://t.me/talkroom/9",
  });
  expect(listed).toMatchObject([{ optedOut: true, optOut: { by: "Ada", proof: "https://t.me/talkroom/9" } }]);
  await chats.update(asAdmin(admin), { id: "-1001234567890", optedOut: true }); // said twice is said once
  const more = await chats.update(asAdmin(admin), { id: "-1001234567890", proof: "https://t.me/talkroom/12" });
  expect(more.chats).toMatchObject([{ optOut: { by: "Ada", proof: "https://t.me/talkroom/12" } }]);
  const back = await chats.update(asAdmin(admin), { id: "-1001234567890", optedOut: false });
  // nobody posts there, and it has no rule of its own any more
  expect(back.chats).toEqual([]);
  await chats.update(asAdmin(admin), { id: "-1001234567890", optedOut: true });
  const { rows } = await world.sql.query("SELECT by_kind, by_id, proof, revoked_by_id FROM opt_outs ORDER BY at, id");
  expect(rows).toEqual([
    { by_kind: "admin", by_id: admin.id, proof: "https://t.me/talkroom/12", revoked_by_id: admin.id },
    { by_kind: "admin", by_id: admin.id, proof: null, revoked_by_id: null },
  ]);
  expect((await audit()).map(({ action, before, after }) => [action, before, after])).toEqual([
    ["chat.update", { optedOut: false }, { optedOut: true }],
    ["chat.update", { optedOut: true, proof: "https://t.me/talkroom/12" }, { optedOut: false, proof: null }],
    ["chat.update", { proof: "https://t.me/talkroom/9" }, { proof: "https://t.me/talkroom/12" }],
    ["chat.update", { optedOut: false, proof: null }, { optedOut: true, proof: "https://t.me/talkroom/9" }],
  ]);
});

test("an id that is known only with -100 before it is refused with that one, unless it is meant", async () => {
  const { chats } = services();
  await chats.update(system, { id: "-1001234567890", cooldownSeconds: 5 });
  const refused = await chats.update(system, { id: "-1234567890", optedOut: true }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "chat_twin", field: "id", details: { twin: "-1001234567890" } });
  expect((await chats.list()).chats.map(({ id }) => id)).toEqual(["-1001234567890"]);
  expect(await codeOf(chats.update(system, { id: "-1234567890", optedOut: true, exactId: true }))).toBe("done");
  // known by itself from now on, and so taken as it is
  expect(await codeOf(chats.update(system, { id: "-1234567890", optedOut: false }))).toBe("done");
  expect(await codeOf(chats.update(system, { id: "-987654321", optedOut: true }))).toBe("done");
});
