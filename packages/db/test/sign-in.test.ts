import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, seal } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const MINUTE_MS = 60_000;
const NOW = new Date("2026-12-01T10:00:00Z");
const later = (ms: number) => new Date(NOW.getTime() + ms);

const count = (key: string, at = NOW) =>
  world.store.transaction((tx) => tx.signInAttempts.count(key, 10 * MINUTE_MS, at));

test("sixty tries at once are counted as sixty, by every engine", async () => {
  const key = randomUUID();
  const other = await world.open();
  const counts = await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      (n % 2 === 0 ? world.store : other.store).transaction((tx) =>
        tx.signInAttempts.count(key, 10 * MINUTE_MS, later(n)),
      ),
    ),
  );
  expect(counts.map((row) => row.count).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

test("a key counts for its window, from its first try, and then from nothing", async () => {
  const key = randomUUID();
  expect(await count(key)).toEqual({ count: 1, until: later(10 * MINUTE_MS) });
  expect(await count(key, later(10 * MINUTE_MS - 1))).toEqual({ count: 2, until: later(10 * MINUTE_MS) });
  expect(await count(key, later(10 * MINUTE_MS))).toEqual({ count: 1, until: later(20 * MINUTE_MS) });
  expect(await count(randomUUID())).toMatchObject({ count: 1 });
});

test("a try is given back, but none below nothing, and a key is forgotten", async () => {
  const key = randomUUID();
  await world.store.transaction((tx) => tx.signInAttempts.giveBack(key));
  await count(key);
  await count(key);
  for (let n = 0; n < 3; n++) await world.store.transaction((tx) => tx.signInAttempts.giveBack(key));
  expect(await count(key)).toMatchObject({ count: 1 });
  await count(key);
  await world.store.transaction((tx) => tx.signInAttempts.forget(key));
  expect(await count(key)).toMatchObject({ count: 1 });
});

test("tries that count no more are pruned, and those that count stay", async () => {
  await count("of long ago", new Date(Date.now() - 60 * MINUTE_MS));
  await count("of now", new Date());
  await world.database.prune({ olderThanDays: 90, signal: new AbortController().signal });
  const { rows } = await world.sql.query("SELECT key FROM sign_in_attempts WHERE key LIKE 'of %'");
  expect(rows).toEqual([{ key: "of now" }]);
});

test("a secret is kept sealed, bound to its user, and unconfirmed at first", async () => {
  const [ada, bob] = [await world.user(), await world.user()];
  await world.store.transaction(async (tx) => {
    await tx.twoStep.begin(ada.id, "SECRET");
    await tx.twoStep.begin(bob.id, "OTHER");
    expect(await tx.twoStep.find(ada.id)).toEqual({ secret: "SECRET", confirmedAt: null });
    expect(await tx.twoStep.isOn(ada.id)).toBe(false);
    // begun anew
    await tx.twoStep.begin(ada.id, "SECOND");
    await tx.twoStep.confirm(ada.id, NOW);
    expect(await tx.twoStep.find(ada.id)).toEqual({ secret: "SECOND", confirmedAt: NOW });
    expect(await tx.twoStep.isOn(ada.id)).toBe(true);
    expect(await tx.twoStep.isOn(bob.id)).toBe(false);
  });
  const { rows } = await world.sql.query("SELECT secret FROM two_step WHERE user_id = $1", [ada.id]);
  expect(rows[0].secret.toString()).not.toContain("SECOND");
  // another's in its place
  await world.sql.query(
    "UPDATE two_step SET secret = (SELECT secret FROM two_step WHERE user_id = $1) WHERE user_id = $2",
    [bob.id, ada.id],
  );
  await expect(world.store.transaction((tx) => tx.twoStep.find(ada.id))).rejects.toThrow("does not open");
});

test("a code is taken once, also by two at once, and an older one not after it", async () => {
  const { id } = await world.user();
  await world.store.transaction((tx) => tx.twoStep.begin(id, "SECRET"));
  const take = (step: number) => world.store.transaction((tx) => tx.twoStep.takeStep(id, step));
  expect((await Promise.all([take(7), take(7), take(7)])).filter(Boolean)).toHaveLength(1);
  expect([await take(6), await take(8)]).toEqual([false, true]);
});

test("a recovery code is taken once, also by two at once, and by its user alone", async () => {
  const [ada, bob] = [await world.user(), await world.user()];
  await world.store.transaction(async (tx) => {
    for (const { id } of [ada, bob]) {
      await tx.twoStep.begin(id, "SECRET");
      await tx.twoStep.replaceRecoveryCodes(id, [`first of ${id}`, `second of ${id}`]);
    }
  });
  const take = (hash: string) => world.store.transaction((tx) => tx.twoStep.takeRecoveryCode(ada.id, hash, NOW));
  const first = `first of ${ada.id}`;
  expect((await Promise.all([take(first), take(first)])).sort()).toEqual(["taken", "used"]);
  expect(await take(`first of ${bob.id}`)).toBe("unknown");
  const left = (id: string) => world.store.transaction((tx) => tx.twoStep.recoveryCodesLeft(id));
  expect([await left(ada.id), await left(bob.id)]).toEqual([1, 2]);
  await world.store.transaction((tx) => tx.twoStep.replaceRecoveryCodes(ada.id, ["new"]));
  expect(await take(first)).toBe("unknown");
  expect(await left(ada.id)).toBe(1);
});

test("what is removed is gone with its codes, and says whether it was on", async () => {
  const { id } = await world.user();
  await world.store.transaction(async (tx) => {
    expect(await tx.twoStep.remove(id)).toBe(false);
    await tx.twoStep.begin(id, "SECRET");
    expect(await tx.twoStep.remove(id)).toBe(false);
    await tx.twoStep.begin(id, "SECRET");
    await tx.twoStep.confirm(id, NOW);
    await tx.twoStep.replaceRecoveryCodes(id, ["code"]);
    expect(await tx.twoStep.remove(id)).toBe(true);
    expect(await tx.twoStep.find(id)).toBeNull();
    expect(await tx.twoStep.recoveryCodesLeft(id)).toBe(0);
  });
});

test("a secret is sealed anew once, and says which key it misses", async () => {
  const { id } = await world.user();
  await world.store.transaction((tx) => tx.twoStep.begin(id, "SECRET"));
  const rotated = await world.open({
    seal: {
      ...seal("b"),
      open: (context, sealed) => {
        const own = seal("b").open(context, sealed);
        return own.ok ? own : seal("a").open(context, sealed);
      },
    },
  });
  const reseal = () => rotated.store.transaction((tx) => tx.twoStep.reseal(id));
  expect(await rotated.store.transaction((tx) => tx.twoStep.list())).toContain(id);
  expect([await reseal(), await reseal()]).toEqual([true, false]);
  expect(await rotated.store.transaction((tx) => tx.twoStep.find(id))).toMatchObject({ secret: "SECRET" });
  const lost = await world.open({ seal: seal("c") });
  expect(await lost.store.transaction((tx) => tx.twoStep.reseal(id))).toEqual({ reason: "it needs b" });
  expect(await lost.store.transaction((tx) => tx.twoStep.missingKeys())).toContain("b");
});

test("the list of users says who has a second step", async () => {
  const { id } = await world.user();
  const listed = async () => (await world.database.views.users()).find((user) => user.id === id)?.twoStep;
  expect(await listed()).toBe(false);
  await world.store.transaction((tx) => tx.twoStep.begin(id, "SECRET"));
  expect(await listed()).toBe(false);
  await world.store.transaction((tx) => tx.twoStep.confirm(id, NOW));
  expect(await listed()).toBe(true);
});
