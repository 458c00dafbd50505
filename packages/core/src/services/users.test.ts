import type { UserUpdateInput } from "@herald/contract";
import { expect, test } from "vitest";
import type { Person } from "../model/actor.ts";
import type { User } from "../model/domain.ts";
import { aPlan, aUser } from "../testing/fake-bots.ts";
import { A_SIGN_IN, acting, People, SYSTEM } from "../testing/fake-people.ts";

test("a user is made with a password that is kept as its hash, and stands nowhere else", async () => {
  const { service, written, audited, changes } = new People();
  const plan = aPlan();
  const input = { email: "ada@example.org", name: "Ada", password: "a secret", role: "user", plan } as const;
  expect(await service.create(acting("root"), input)).toEqual({ id: "new" });
  expect(written).toEqual([["new", { passwordHash: "argon2 of a secret" }]]);
  expect(audited).toEqual([
    {
      actor: acting("root"),
      action: "user.create",
      target: { kind: "user", id: "new" },
      userId: "new",
      before: null,
      after: { email: "ada@example.org", name: "Ada", role: "user", plan, password: "changed" },
    },
  ]);
  expect(changes).toEqual(["pool"]);
});

test("an address has one login", async () => {
  const { service, audited } = new People({ id: "ada" });
  const input = { email: "ada@example.org", name: "Eve", password: "a secret", role: "user", plan: null } as const;
  await expect(service.create(SYSTEM, input)).rejects.toMatchObject({ code: "email_taken", field: "email" });
  expect(audited).toEqual([]);
});

test("only what is named of a user is changed, and the bot goes on", async () => {
  const people = new People({ id: "ada" });
  const { service, written, audited, changes } = people;
  expect(await service.update(SYSTEM, { id: "ada", name: "Eve" })).toEqual({ id: "ada" });
  await service.update(SYSTEM, { id: "ada", plan: null });
  await service.update(SYSTEM, { id: "ada", password: "another password" });
  await service.update(SYSTEM, { id: "ada", disabled: false });
  expect(written).toEqual([
    ["ada", { name: "Eve" }],
    ["ada", { plan: null }],
    ["ada", { passwordHash: "argon2 of another password" }],
    ["ada", { disabled: false }],
  ]);
  // that they were not disabled before, and are not now, is no change
  expect(audited).toEqual(
    [
      [{ name: "ada" }, { name: "Eve" }],
      [{ plan: aPlan() }, { plan: null }],
      [{ password: null }, { password: "changed" }],
    ].map(([before, after]) => ({
      actor: SYSTEM,
      action: "user.update",
      target: { kind: "user", id: "ada" },
      userId: "ada",
      before,
      after,
    })),
  );
  expect(changes.slice(0, 2)).toEqual(["bot of ada", "pool"]);
  expect(people.bot("ada").status).toBe("running");
});

test("what another admin changed in the same moment was so before", async () => {
  const people = new People({ id: "ada" });
  people.whenLocked = () => void people.users.set("ada", aUser({ id: "ada", name: "Bea" }));
  await people.service.update(SYSTEM, { id: "ada", name: "Eve" });
  expect(people.audited).toMatchObject([{ before: { name: "Bea" }, after: { name: "Eve" } }]);
});

test("a user who is gone is said to be", async () => {
  const { service } = new People();
  const gone = { code: "not_found" };
  await expect(service.update(SYSTEM, { id: "ada", name: "Eve" })).rejects.toMatchObject(gone);
  await expect(service.setTimeZone(acting("ada"), "UTC")).rejects.toMatchObject(gone);
  await expect(service.viewer("ada")).rejects.toMatchObject(gone);
});

test("a user who is disabled has their bot stopped, and nobody else's", async () => {
  const people = new People({ id: "root", role: "admin" }, { id: "ada" }, { id: "bob" });
  await people.service.update(acting("root"), { id: "ada", disabled: true });
  expect(people.bot("ada")).toMatchObject({ status: "stopped", stopReason: "admin", stoppedAt: people.clock.now() });
  expect(people.bot("bob")).toMatchObject({ status: "running" });
  expect(people.users.get("ada")).toMatchObject({ disabled: true });
  expect(people.audited).toMatchObject([
    { action: "bot.stop", actor: { id: "root" } },
    { action: "user.update", before: { disabled: false }, after: { disabled: true } },
  ]);
});

test("one enabled admin is left at least", async () => {
  const people = new People({ id: "off", role: "admin", disabled: true }, { id: "root", role: "admin" });
  for (const actor of [SYSTEM, acting("root")])
    await expect(people.service.update(actor, { id: "root", disabled: true })).rejects.toMatchObject({
      code: "last_admin",
      field: "disabled",
    });
  await expect(people.service.update(acting("root"), { id: "root", role: "user" })).rejects.toMatchObject({
    code: "last_admin",
    field: "role",
  });
  // their name may change, and they may be told to stay
  await people.service.update(SYSTEM, { id: "root", name: "Root" });
  await people.service.update(SYSTEM, { id: "root", disabled: false, role: "admin" });
  expect([people.users.get("root")?.disabled, people.bot("root").status]).toEqual([false, "running"]);
  await people.service.update(acting("root"), { id: "off", disabled: false });
  await people.service.update(acting("off"), { id: "root", disabled: true });
  expect(people.users.get("root")?.disabled).toBe(true);
});

test("an admin who was disabled a moment ago disables no admin any more", async () => {
  const people = new People(
    { id: "late", role: "admin", disabled: true },
    { id: "root", role: "admin" },
    { id: "other", role: "admin" },
  );
  const refused = people.service.update(acting("late"), { id: "root", disabled: true });
  await expect(refused).rejects.toMatchObject({ code: "unauthenticated" });
  expect([people.users.get("root")?.disabled, people.written, people.audited]).toEqual([false, [], []]);
});

test("a person's own time zone is written once", async () => {
  const { service, written, audited, changes } = new People({ id: "ada" });
  const ada = acting("ada", "user");
  expect(await service.setTimeZone(ada, "Europe/Kyiv")).toMatchObject({ id: "ada", timeZone: "Europe/Kyiv" });
  expect(await service.setTimeZone(ada, "Europe/Kyiv")).toMatchObject({ timeZone: "Europe/Kyiv" });
  expect(written).toEqual([["ada", { timeZone: "Europe/Kyiv" }]]);
  expect(audited).toMatchObject([
    { actor: ada, action: "user.update", before: { timeZone: "UTC" }, after: { timeZone: "Europe/Kyiv" } },
  ]);
  expect(changes).toEqual(["bot of ada"]);
});

test("a new API key is told once, kept as its hash, and takes the place of the one before", async () => {
  const { service, keys, audited, clock } = new People({ id: "ada" }, { id: "bob" });
  await service.createApiKey(acting("bob"));
  const { key: first } = await service.createApiKey(acting("ada"));
  const { key } = await service.createApiKey(acting("ada"));
  expect([first, key]).toEqual(["hk_2-drawn-of-32", "hk_3-drawn-of-32"]);
  expect(keys.map(({ userId, revokedAt }) => [userId, revokedAt])).toEqual([
    ["bob", null],
    ["ada", clock.now()],
    ["ada", null],
  ]);
  expect(keys[2]).toMatchObject({ prefix: "hk_3-draw", hint: "f-32", hash: `sha256 of ${key}` });
  expect(audited.slice(1)).toMatchObject([
    { action: "api_key.create", target: { kind: "api_key", id: "key 2" }, userId: "ada", before: null },
    { action: "api_key.revoke", target: { kind: "api_key", id: "key 2" }, before: { hint: "f-32" }, after: null },
    {
      action: "api_key.create",
      target: { id: "key 3" },
      after: { prefix: "hk_3-draw", hint: "f-32" },
    },
  ]);
  expect(JSON.stringify(audited)).not.toContain(key);
});

test("a person revokes their own key, and nobody else's", async () => {
  const { service, keys, audited, changes, clock } = new People({ id: "ada" }, { id: "bob" });
  await service.createApiKey(acting("ada"));
  await service.createApiKey(acting("bob"));
  expect(changes).toEqual([]);
  expect(await service.revokeApiKey(acting("ada"))).toEqual({ revoked: true });
  expect(keys.map(({ revokedAt }) => revokedAt)).toEqual([clock.now(), null]);
  expect(audited.at(-1)).toMatchObject({ action: "api_key.revoke", userId: "ada" });
  // by which the streams that it opened end
  expect(changes).toEqual(["bot of ada"]);
});

/** What `change` does to a user of the two who are signed in twice and have a key each. */
async function afterwards(change: Omit<UserUpdateInput, "id">, before: Partial<User> = {}) {
  const people = new People({ id: "root", role: "admin" }, { id: "ada", ...before }, { id: "bob" });
  for (const userId of ["ada", "bob"]) {
    await people.service.createApiKey(acting(userId));
    people.signIns.push({ ...A_SIGN_IN, userId, id: `${userId} 1` }, { ...A_SIGN_IN, userId, id: `${userId} 2` });
  }
  people.audited.length = 0;
  people.changes.length = 0;
  await people.service.update(acting("root"), { id: "ada", ...change });
  const { signIns, keys, audited, changes } = people;
  return {
    ended: signIns.flatMap(({ id, endedAt }) => (endedAt === null ? [] : [id])),
    revoked: keys.flatMap(({ userId, revokedAt }) => (revokedAt === null ? [] : [userId])),
    acts: audited.map(({ action }) => action),
    audited,
    changes,
  };
}
const BOTH = ["ada 1", "ada 2"];

test.each<[string, Omit<UserUpdateInput, "id">, { ended?: string[]; revoked?: string[] }]>([
  ["another password", { password: "another password" }, { ended: BOTH }],
  ["a disabling", { disabled: true }, { ended: BOTH }],
  ["another role", { role: "admin" }, { ended: BOTH, revoked: ["ada"] }],
  ["the role that they have", { role: "user" }, {}],
  ["that they are not disabled", { disabled: false }, {}],
  ["another name and plan", { name: "Eve", plan: null }, {}],
])("%s: which sign-ins it ends, and which keys", async (_what, change, { ended = [], revoked = [] }) => {
  const result = await afterwards(change);
  expect([result.ended, result.revoked]).toEqual([ended, revoked]);
  expect(result.acts.includes("sign_in.end")).toBe(ended.length > 0);
  expect(result.changes).toContain("bot of ada");
});

test("what was ended is kept in the audit, with what it was", async () => {
  const { audited } = await afterwards({ password: "another password" });
  const { userAgent, address, createdAt } = A_SIGN_IN;
  expect(audited).toMatchObject([
    { action: "user.update", after: { password: "changed" } },
    {
      action: "sign_in.end",
      actor: acting("root"),
      target: { kind: "user", id: "ada" },
      userId: "ada",
      before: { signIns: BOTH.map((id) => ({ id, since: createdAt.toISOString(), userAgent, address })) },
      after: null,
    },
  ]);
});

test("a role is written, and kept in the audit", async () => {
  const people = new People({ id: "ada" });
  await people.service.update(SYSTEM, { id: "ada", role: "admin" });
  expect(people.written).toEqual([["ada", { role: "admin" }]]);
  expect(people.audited).toMatchObject([{ before: { role: "user" }, after: { role: "admin" } }]);
});

test("the row of the user is written before sign-ins are ended: its lock decides against a sign-in at once", async () => {
  const people = new People({ id: "ada" });
  people.signIns.push({ ...A_SIGN_IN, userId: "ada" });
  let written = 0;
  people.whenEnding = () => {
    written = people.written.length;
  };
  await people.service.update(SYSTEM, { id: "ada", password: "another password" });
  expect(written).toBe(1);
});

const own = (id: string): Person => ({ kind: "user", id, name: id });

test("a person changes their own password, with the one that they have", async () => {
  const { service, written, audited, attempts } = new People({ id: "ada" }, { id: "bob" });
  const change = { current: "the password of ada", password: "another password" };
  expect(await service.changePassword(own("ada"), "ada 1", change)).toEqual({ changed: true });
  expect(written).toEqual([["ada", { passwordHash: "argon2 of another password" }]]);
  expect(audited).toEqual([
    {
      actor: own("ada"),
      action: "user.update",
      target: { kind: "user", id: "ada" },
      userId: "ada",
      before: { password: null },
      after: { password: "changed" },
    },
  ]);
  expect(attempts.rows.size).toBe(0);
});

test.each([
  ["a wrong one", { current: "a guess", password: "another password" }, "current"],
  ["the same one", { current: "the password of ada", password: "the password of ada" }, "password"],
  ["one that is close to them", { current: "the password of ada", password: "lovelace1234567" }, "password"],
])("%s changes nothing", async (_, change, field) => {
  const { service, written } = new People({ id: "ada", email: "lovelace@example.org" });
  await expect(service.changePassword(own("ada"), "ada 1", change)).rejects.toMatchObject({
    code: "invalid_input",
    field,
  });
  expect(written).toEqual([]);
});

test("another password of one's own ends every sign-in but the one by which it is changed", async () => {
  const { service, signIns } = new People({ id: "ada" }, { id: "bob" });
  for (const id of ["ada 1", "ada 2", "bob 1"]) signIns.push({ ...A_SIGN_IN, id, userId: id.slice(0, 3) });
  const change = { current: "the password of ada", password: "another password" };
  await service.changePassword(own("ada"), "ada 1", change);
  expect(signIns.map(({ endedAt }) => endedAt !== null)).toEqual([false, true, false]);
});

test("ten guesses of one's own password are looked at", async () => {
  const { service } = new People({ id: "ada" });
  const change = { current: "a guess", password: "another password" };
  for (let n = 0; n < 10; n++)
    await expect(service.changePassword(own("ada"), "ada 1", change)).rejects.toMatchObject({ code: "invalid_input" });
  const right = { ...change, current: "the password of ada" };
  await expect(service.changePassword(own("ada"), "ada 1", right)).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("an admin gives nobody a password that is close to them, not even by a new name", async () => {
  const { service, written } = new People({ id: "ada", email: "lovelace@example.org" });
  const refused = { code: "invalid_input", field: "password" };
  await expect(service.update(SYSTEM, { id: "ada", password: "Lovelace-123456" })).rejects.toMatchObject(refused);
  await expect(
    service.update(SYSTEM, { id: "ada", name: "Babbage", password: "Babbage-123456" }),
  ).rejects.toMatchObject(refused);
  expect(written).toEqual([]);
});
