import { randomUUID } from "node:crypto";
import { openSignIn, type User } from "@herald/core";
import { afterEach, beforeEach, expect, test } from "vitest";
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
const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
/** As `world.user` makes it. */
const PASSWORD_HASH = "x";

const signIn = (user: Pick<User, "id" | "name">, more: { userAgent?: string; address?: string } = {}) =>
  world.store.transaction((tx) =>
    openSignIn(tx, { user, passwordHash: PASSWORD_HASH, at: now, userAgent: null, address: null, ...more }),
  );
/** A sign-in of somebody who may. */
async function signedIn(user: User): Promise<string> {
  const id = await signIn(user);
  if (id === null) throw new Error("nobody was signed in");
  return id;
}
const isLetIn = async (user: User, id: string) => (await services().access.bySignIn(user.id, id)) !== null;

test("a sign-in lets in whose it is, until it is over", async () => {
  const [user, other] = [await world.user(), await world.user()];
  const id = await signedIn(user);
  const { access } = services();
  expect(await access.bySignIn(user.id, id)).toMatchObject({
    user: { id: user.id },
    credential: { kind: "sign_in", id, expiresAt: new Date(now.getTime() + 7 * 86_400_000) },
  });
  expect(await access.bySignIn(other.id, id)).toBeNull();
  for (const unknown of [randomUUID(), "", "x"]) expect(await access.bySignIn(user.id, unknown)).toBeNull();
  now = new Date(now.getTime() + 7 * 86_400_000);
  expect(await isLetIn(user, id)).toBe(false);
});

test("of a browser is kept what fits and can be stored", async () => {
  const user = await world.user();
  await signIn(user, { userAgent: `\0${"b".repeat(399)}😀${"c".repeat(9_999)}`, address: "9".repeat(65) });
  const [row] = await query("SELECT user_agent, address FROM sign_ins");
  expect(row).toEqual({ user_agent: `${"b".repeat(399)}\ufffd`, address: "9".repeat(64) });
  const [entry] = await query("SELECT after FROM audit_log");
  expect(entry.after).toMatchObject({ userAgent: row.user_agent, address: row.address });
});

test("who is disabled, or whose password is another, is not signed in", async () => {
  const [off, renewed] = [await world.user(), await world.user()];
  const { users } = services();
  await users.update(system, { id: off.id, disabled: true });
  await users.update(system, { id: renewed.id, password: "another password" });
  expect([await signIn(off), await signIn(renewed)]).toEqual([null, null]);
  expect(await query("SELECT FROM sign_ins")).toEqual([]);
});

test("of a new password and a sign-in with the former at once none is left", async () => {
  for (let round = 0; round < 5; round++) {
    const user = await world.user();
    const update = services().users.update(system, { id: user.id, password: "another password" });
    const ids = await Promise.all(Array.from({ length: 4 }, () => signIn(user)));
    await update;
    for (const id of ids) if (id !== null) expect(await isLetIn(user, id)).toBe(false);
  }
});

test("what happens to a user ends their sign-ins, is told, and concerns nobody else's", async () => {
  const [admin, other] = [await world.user(), await world.user()];
  const theirs = await signedIn(other);
  const { users, access } = services();
  for (const [change, keyHolds] of [
    [{ password: "another password" }, true],
    [{ role: "admin" }, false],
    [{ disabled: true }, false],
  ] as const) {
    const user = await world.user();
    const id = await signedIn(user);
    const { key } = await users.createApiKey(asUser(user));
    const [bySignIn, byKey] = [await access.bySignIn(user.id, id), await access.byApiKey(key)];
    if (bySignIn === null || byKey === null) throw new Error("nobody was let in");
    await query("DELETE FROM events");
    await users.update(asAdmin(admin), { id: user.id, ...change });
    expect([await access.holds(bySignIn), await access.holds(byKey)]).toEqual([false, keyHolds]);
    expect([await isLetIn(user, id), (await access.byApiKey(key)) !== null]).toEqual([false, keyHolds]);
    expect(await query("SELECT type FROM events WHERE user_id = $1", user.id)).toEqual([{ type: "bot" }]);
    // nor does it come back
    await users.update(system, { id: user.id, disabled: false });
    expect(await isLetIn(user, id)).toBe(false);
  }
  expect(await isLetIn(other, theirs)).toBe(true);
});

test("a person sees and ends their own", async () => {
  const [user, other] = [await world.user(), await world.user()];
  const { signIns } = services();
  const here = await signedIn(user);
  const theirs = await signedIn(other);
  now = new Date(now.getTime() + 1_000);
  const phone = await signIn(user, { userAgent: "A phone", address: "192.0.2.7" });
  expect(await signIns.list(user.id, here)).toMatchObject([
    { id: here, userAgent: null, address: null, isCurrent: true },
    { id: phone, userAgent: "A phone", address: "192.0.2.7", isCurrent: false, lastSeenAt: now.toISOString() },
  ]);
  const refused = { code: "not_found" };
  for (const id of [theirs, randomUUID(), "x"])
    await expect(signIns.end(asUser(user), id)).rejects.toMatchObject(refused);
  await signIns.end(asUser(user), phone ?? "");
  await expect(signIns.end(asUser(user), phone ?? "")).rejects.toMatchObject(refused);
  expect(await signIns.list(user.id, here)).toMatchObject([{ id: here }]);
  expect(await isLetIn(other, theirs)).toBe(true);
});

test("everywhere else is not here, and not another's", async () => {
  const [user, other] = [await world.user(), await world.user()];
  const { signIns, users, access } = services();
  const [here, there, theirs] = [await signedIn(user), await signedIn(user), await signedIn(other)];
  const { key } = await users.createApiKey(asUser(user));
  expect(await signIns.endOthers(asUser(user), here, { apiKey: false })).toEqual({ ended: 1 });
  expect([await isLetIn(user, here), await isLetIn(user, there), await isLetIn(other, theirs)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(await access.byApiKey(key)).not.toBeNull();
  await signIns.endOthers(asUser(user), here, { apiKey: true });
  expect(await access.byApiKey(key)).toBeNull();
});

test("what is over is neither listed nor ended", async () => {
  const user = await world.user();
  const id = await signedIn(user);
  const { signIns } = services();
  now = new Date(now.getTime() + 7 * 86_400_000);
  expect(await signIns.list(user.id, id)).toEqual([]);
  await expect(signIns.end(asUser(user), id)).rejects.toMatchObject({ code: "not_found" });
});

test("when it was seen is noted once a minute", async () => {
  const user = await world.user();
  const id = await signedIn(user);
  const seen = async (after: number) => {
    const at = new Date(now.getTime() + after);
    await world.store.transaction((tx) => tx.signIns.seen(id, at));
    return (await query("SELECT last_seen_at FROM sign_ins"))[0].last_seen_at.getTime() - now.getTime();
  };
  expect([await seen(59_999), await seen(60_000), await seen(119_999)]).toEqual([0, 60_000, 60_000]);
});
