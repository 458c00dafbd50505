import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const addPair = async (apiId: number, capacity: number) => {
  const pair = await world.store.transaction((tx) =>
    tx.apiPairs.add({ apiId, apiHash: "0".repeat(32), label: null, capacity }),
  );
  if (pair === "api_pair_known") throw new Error(pair);
  return pair.id;
};

test("users who take from the pool at once never get the same session", async () => {
  await Promise.all(Array.from({ length: 10 }, world.session));
  const users = await Promise.all(Array.from({ length: 5 }, () => world.user()));
  const taken = await Promise.all(
    users.map((user) => world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 3, new Date()))),
  );
  const ids = taken.flat().map((session) => session.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe(10);
});

test("the longest rested come first, and none that rests or is limited", async () => {
  const [a, b, c, d] = [await world.session(), await world.session(), await world.session(), await world.session()];
  const user = await world.user();
  await world.sql.query("UPDATE sessions SET last_used_at = now() - $2 * interval '1 hour' WHERE id = $1", [a.id, 1]);
  await world.sql.query("UPDATE sessions SET last_used_at = now() - $2 * interval '1 hour' WHERE id = $1", [b.id, 2]);
  const rest = { until: new Date(Date.now() + 60_000), needsAdmin: false, reason: "wait", code: "FLOOD_WAIT_60" };
  await world.store.transaction(async (tx) => {
    await tx.sessions.rest(c.id, rest);
    await tx.sessions.rest(d.id, { ...rest, until: null, needsAdmin: true });
  });
  expect(await world.database.views.start(user.id)).toMatchObject({ unused: 2 });
  const taken = await world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 9, new Date()));
  expect(taken.map((session) => session.id)).toEqual([b.id, a.id]);
  await world.store.transaction((tx) => tx.sessions.release(a.id));
  expect(await world.store.transaction((tx) => tx.sessions.find(a.id))).toMatchObject({
    place: "unused",
    userId: null,
  });
});

test("a longer rest is not shortened, and one for the admin ends only by the admin", async () => {
  const { id } = await world.session();
  const until = new Date(Date.now() + 3_600_000);
  const rest = { reason: "wait", code: "FLOOD_WAIT" };
  const find = () => world.store.transaction((tx) => tx.sessions.find(id));
  await world.store.transaction((tx) => tx.sessions.rest(id, { ...rest, until, needsAdmin: false }));
  await world.store.transaction((tx) => tx.sessions.rest(id, { ...rest, until: new Date(), needsAdmin: false }));
  expect(await find()).toMatchObject({ restingUntil: until, needsAdmin: false });
  await world.store.transaction((tx) => tx.sessions.rest(id, { ...rest, until: null, needsAdmin: true }));
  await world.store.transaction((tx) => tx.sessions.rest(id, { ...rest, until: new Date(), needsAdmin: false }));
  expect(await find()).toMatchObject({ restingUntil: until, needsAdmin: true });
  await world.store.transaction((tx) => tx.sessions.rest(id, null));
  expect(await find()).toMatchObject({ restingUntil: null, needsAdmin: false, reason: null });
});

test("an API pair never holds more sessions than its seats, whoever takes them at once", async () => {
  const pair = await addPair(1, 3);
  const user = await world.user();
  const sessions = await Promise.all(Array.from({ length: 8 }, world.session));
  await world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 8, new Date()));
  const results = await Promise.allSettled(
    sessions.map(({ id }) => world.store.transaction((tx) => tx.sessions.seat([{ sessionId: id, apiPairId: pair }]))),
  );
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(3);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "api_pair_capacity" });
  const [listed] = await world.store.transaction((tx) => tx.apiPairs.list({ forUpdate: true }));
  expect(listed).toMatchObject({ used: 3, capacity: 3 });
  await expect(world.store.transaction((tx) => tx.apiPairs.update(pair, { capacity: 2 }))).rejects.toMatchObject({
    code: "api_pair_capacity",
  });
  await expect(world.store.transaction((tx) => tx.apiPairs.remove(pair))).rejects.toMatchObject({
    code: "api_pair_in_use",
  });
  await world.store.transaction((tx) => tx.apiPairs.update(pair, { capacity: 4, label: "main" }));
});

test("who gives out a seat takes the least used pair that nobody else is giving seats on", async () => {
  const pairs = [await addPair(1, 7), await addPair(2, 7), await addPair(3, 7)];
  const user = await world.user();
  const { id } = await world.session();
  await world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 1, new Date()));
  await world.store.transaction((tx) => tx.sessions.seat([{ sessionId: id, apiPairId: pairs[0] as string }]));
  const lock = (count: number, then: () => Promise<unknown> = async () => {}) =>
    world.store.transaction(async (tx) => {
      const locked = await tx.apiPairs.lockSeats(count);
      await then();
      return locked.map((pair) => [pairs.indexOf(pair.id), pair.used]);
    });
  const inside: unknown[] = [];
  expect(await lock(1, async () => inside.push(await lock(1, async () => inside.push(await lock(1)))))).toEqual([
    [1, 0],
  ]);
  expect(inside).toEqual([[[0, 1]], [[2, 0]]]);
  // one pair has the seats, but the least used ones are taken: what is enough, and no more pairs than seats
  expect(await lock(2)).toEqual([
    [1, 0],
    [2, 0],
  ]);
});

test("where the pairs that nobody holds have too few seats, all of them are waited for, and none is held meanwhile", async () => {
  const [full, free] = [await addPair(1, 1), await addPair(2, 2)];
  const other = await world.sql.connect();
  await other.query("BEGIN");
  await other.query("SELECT FROM api_pairs WHERE id = $1 FOR UPDATE", [full]);
  const locked = world.store.transaction((tx) => tx.apiPairs.lockSeats(3));
  const waits = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  while ((await world.sql.query(waits)).rowCount === 0);
  await other.query("SELECT FROM api_pairs WHERE id = $1 FOR UPDATE NOWAIT", [free]);
  await other.query("COMMIT");
  other.release();
  expect((await locked).map((pair) => pair.id)).toEqual([full, free]);
});

test("several seats taken in one statement are counted one by one", async () => {
  const pair = await addPair(1, 2);
  const user = await world.user();
  const sessions = await Promise.all(Array.from({ length: 3 }, world.session));
  await world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 3, new Date()));
  const seats = sessions.map(({ id }) => ({ sessionId: id, apiPairId: pair }));
  await expect(world.store.transaction((tx) => tx.sessions.seat(seats))).rejects.toMatchObject({
    code: "api_pair_capacity",
  });
  await world.store.transaction((tx) => tx.sessions.seat(seats.slice(1)));
});

test("a dead session leaves its user and its seat, and counts for the breaker", async () => {
  const pair = await addPair(1, 1);
  const user = await world.user();
  const { id } = await world.session();
  const since = new Date(Date.now() - 1000);
  await world.store.transaction(async (tx) => {
    await tx.sessions.takeUnused(user.id, 1, new Date());
    await tx.sessions.seat([{ sessionId: id, apiPairId: pair }]);
    await tx.sessions.ban(id, {
      at: new Date(),
      cause: "spam",
      reason: "Telegram took it.",
      code: "USER_DEACTIVATED_BAN",
    });
    await tx.sessions.ban(id, { at: new Date(), cause: "lost", reason: "again", code: "AUTH_KEY_UNREGISTERED" });
    expect(await tx.sessions.countSpamDeaths(user.id, since)).toBe(1);
    expect(await tx.sessions.ofUser(user.id)).toEqual([]);
  });
  const [seen] = await world.database.views.sessions();
  expect(seen).toMatchObject({ state: "banned", userId: user.id, apiPairId: null, reason: "Telegram took it." });
  const [pairSeen] = await world.database.views.apiPairs();
  expect(pairSeen).toMatchObject({ used: 0, seats: [] });
  expect((await world.database.views.bot(user.id)).stats).toMatchObject({ activeSessions: 0, bannedSessions: 1 });
});

test("the breaker counts deaths of one user, by spam, and after a time", async () => {
  const [user, other] = [await world.user(), await world.user()];
  const die = async (userId: string, cause: "spam" | "lost", at: Date) => {
    const { id } = await world.session();
    await world.store.transaction(async (tx) => {
      for (const session of await tx.sessions.takeUnused(userId, 100, new Date()))
        if (session.id !== id) await tx.sessions.release(session.id);
      await tx.sessions.ban(id, { at, cause, reason: "Telegram took it.", code: "USER_DEACTIVATED_BAN" });
    });
  };
  const since = new Date("2030-01-01T00:00:00Z");
  const at = (ms: number) => new Date(since.getTime() + ms);
  await die(user.id, "spam", at(-1));
  await die(user.id, "spam", since);
  await die(user.id, "lost", at(1));
  await die(other.id, "spam", at(1));
  const count = () => world.store.transaction((tx) => tx.sessions.countSpamDeaths(user.id, since));
  expect(await count()).toBe(0);
  await die(user.id, "spam", at(1));
  expect(await count()).toBe(1);
});

test("the same key and the same account are one session", async () => {
  const enter = () =>
    world.store.transaction((tx) =>
      tx.sessions.add({
        id: randomUUID(),
        label: "a",
        fileName: "a",
        fingerprint: "f",
        reason: "tried",
        code: "TRIED",
      }),
    );
  const [one, two] = await Promise.all([enter(), enter()]);
  expect([one, two].filter((added) => added === "session_known")).toHaveLength(1);
  const identify = (id: string) =>
    world.store.transaction((tx) =>
      tx.sessions.identify(id, { label: "b", username: null, phoneMasked: null, telegramUserId: "7" }),
    );
  await identify((await world.session()).id);
  await expect(identify((await world.session()).id)).rejects.toMatchObject({ code: "session_known" });
});

test("a session that is being tried is taken by no bot until it is set free, and so is one that lives again", async () => {
  const user = await world.user();
  const take = () => world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 10, new Date()));
  const id = randomUUID();
  await world.store.transaction((tx) =>
    tx.sessions.add({ id, label: "a", fileName: "a", fingerprint: "f", reason: "it is being tried", code: "TRIED" }),
  );
  expect(await take()).toEqual([]);
  await world.store.transaction((tx) => tx.sessions.setFree(id));
  expect(await take()).toMatchObject([{ id, needsAdmin: false, reason: null, code: null }]);

  // what is at work is not taken from its bot
  await world.store.transaction((tx) => tx.sessions.setFree(id));
  expect(await take()).toEqual([]);

  const death = { at: new Date(), cause: "spam", reason: "Telegram took it.", code: "X" } as const;
  await world.store.transaction((tx) => tx.sessions.ban(id, death));
  const deaths = () => world.store.transaction((tx) => tx.sessions.countSpamDeaths(user.id, new Date(0)));
  expect([await take(), await deaths()]).toEqual([[], 1]);
  await world.store.transaction((tx) => tx.sessions.stayBanned(id, { reason: "It was deleted.", code: "Y" }));
  expect(await world.store.transaction((tx) => tx.sessions.find(id))).toMatchObject({
    place: "banned",
    bannedAt: death.at,
    reason: "It was deleted.",
    code: "Y",
  });
  await world.store.transaction((tx) => tx.sessions.setFree(id));
  expect(await deaths()).toBe(0);
  expect(await take()).toMatchObject([{ id, bannedAt: null, reason: null, code: null }]);
});
