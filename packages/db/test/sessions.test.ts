import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld } from "./world.ts";

// What each change of an account does in each of its places, and to no other account.

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Work<T> = (tx: Parameters<Parameters<typeof world.store.transaction>[0]>[0]) => Promise<T>;
const inTransaction = <T>(work: Work<T>) => world.store.transaction(work);
const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
const row = async (id: string) => (await query("SELECT * FROM sessions WHERE id = $1", id))[0];
const soon = (ms = 60_000) => new Date(Date.now() + ms);
const death = { at: new Date(1000), cause: "spam", reason: "Gone.", code: "DEAD" } as const;
const rest = { until: soon(), needsAdmin: true, reason: "wait", code: "FLOOD" } as const;

/** An account in each place: in the pool, at a bot with a seat, dead. */
async function places() {
  const user = await world.user();
  const [unused, assigned, banned] = [await world.session(), await world.session(), await world.session()].map(
    ({ id }) => id,
  ) as [string, string, string];
  await query("UPDATE sessions SET place = 'assigned', user_id = $2 WHERE id = $1", assigned, user.id);
  await inTransaction((tx) => tx.sessions.ban(banned, death));
  return { user, unused, assigned, banned };
}

test("an account that is dead rests, wakes, leaves and dies no more", async () => {
  const { banned } = await places();
  const before = await row(banned);
  await inTransaction(async (tx) => {
    await tx.sessions.rest(banned, rest);
    await tx.sessions.rest(banned, null);
    await tx.sessions.release(banned);
    await tx.sessions.ban(banned, { ...death, cause: "lost", reason: "again" });
  });
  expect(await row(banned)).toEqual(before);
});

test("what is said of a dead account is written to no living one, and what is set free is at no bot", async () => {
  const { unused, assigned } = await places();
  const before = [await row(unused), await row(assigned)];
  await inTransaction(async (tx) => {
    for (const id of [unused, assigned]) await tx.sessions.stayBanned(id, { reason: "Deleted.", code: "X" });
    await tx.sessions.setFree(assigned);
    await tx.sessions.release(unused);
  });
  expect([await row(unused), await row(assigned)]).toEqual(before);
  const [one, other] = [(await places()).banned, (await places()).banned];
  const dead = await row(other);
  await inTransaction((tx) => tx.sessions.stayBanned(one, { reason: "Deleted.", code: "X" }));
  expect([await row(one), await row(other)]).toMatchObject([{ reason: "Deleted." }, dead]);
});

test.each<[string, (id: string) => Promise<unknown>]>([
  ["rests", (id) => inTransaction((tx) => tx.sessions.rest(id, rest))],
  ["is woken", (id) => inTransaction((tx) => tx.sessions.rest(id, null))],
  ["waits for look-ups", (id) => inTransaction((tx) => tx.sessions.holdLookups(id, soon()))],
  ["dies", (id) => inTransaction((tx) => tx.sessions.ban(id, { ...death, code: "NEW" }))],
  ["is released", (id) => inTransaction((tx) => tx.sessions.release(id))],
  [
    "is identified",
    (id) =>
      inTransaction((tx) =>
        tx.sessions.identify(id, { label: "b", username: "b", phoneMasked: null, telegramUserId: "77" }),
      ),
  ],
])("an account that %s is written with what happened to it, and no other", async (_what, change) => {
  const { user, assigned } = await places();
  const others = async () => [
    await query("SELECT * FROM sessions WHERE id <> $1 ORDER BY id", assigned),
    await query("SELECT * FROM session_events WHERE session_id <> $1 ORDER BY id", assigned),
  ];
  await query("UPDATE sessions SET resting_until = $1, reason = 'r', code = 'C' WHERE place <> 'banned'", soon());
  const [mine, before] = [await row(assigned), await others()];
  await change(assigned);
  expect(await row(assigned)).not.toEqual(mine);
  expect(await others()).toEqual(before);
  const told = await query(
    "SELECT user_id FROM session_events WHERE session_id = $1 ORDER BY id DESC LIMIT 1",
    assigned,
  );
  expect(told).toEqual([{ user_id: user.id }]);
});

test("of two waits for look-ups the longer holds, whichever comes first", async () => {
  const { unused } = await places();
  const [sooner, later] = [soon(1_000), soon(9_000)];
  const held = async (until: Date) => {
    await inTransaction((tx) => tx.sessions.holdLookups(unused, until));
    return (await row(unused)).lookups_wait_until;
  };
  expect([await held(sooner), await held(later), await held(sooner)]).toEqual([sooner, later, later]);
});

test("no more accounts are taken than were asked for, and one that another holds is passed over", async () => {
  await query("UPDATE sessions SET needs_admin = true WHERE place = 'unused'");
  const { user, unused } = await places();
  const { id: other } = await world.session();
  const taken = (count: number) =>
    inTransaction(async (tx) => (await tx.sessions.takeUnused(user.id, count, new Date())).map(({ id }) => id));
  const client = await world.sql.connect();
  await client.query("BEGIN");
  await client.query("SELECT FROM sessions WHERE id = $1 FOR UPDATE", [unused]);
  expect(await taken(5)).toEqual([other]);
  await client.query("COMMIT");
  client.release();
  await world.session();
  expect(await taken(1)).toEqual([unused]);
});

test("one that is removed goes alone, and seats are given to whom they are for", async () => {
  const { unused, assigned, banned } = await places();
  const pair = await inTransaction((tx) =>
    tx.apiPairs.add({ apiId: 9, apiHash: "0".repeat(32), label: null, capacity: 7 }),
  );
  if (pair === "api_pair_known") throw new Error(pair);
  await inTransaction((tx) => tx.sessions.seat([{ sessionId: assigned, apiPairId: pair.id }]));
  expect(await query("SELECT id FROM sessions WHERE api_pair_id IS NOT NULL")).toEqual([{ id: assigned }]);
  // what is said anew takes no second seat
  await query("UPDATE api_pairs SET capacity = 1 WHERE id = $1", pair.id);
  await inTransaction((tx) => tx.sessions.seat([{ sessionId: assigned, apiPairId: pair.id }]));
  await inTransaction((tx) => tx.sessions.remove(unused));
  // each pair by its own seats
  const wide = await inTransaction((tx) =>
    tx.apiPairs.add({ apiId: 10, apiHash: "0".repeat(32), label: null, capacity: 2 }),
  );
  if (wide === "api_pair_known") throw new Error(wide);
  const [a, b] = [(await places()).assigned, (await places()).assigned];
  const take = (sessionId: string, apiPairId: string) =>
    inTransaction((tx) => tx.sessions.seat([{ sessionId, apiPairId }])).then(
      () => "seated",
      ({ code }) => code,
    );
  expect([await take(a, pair.id), await take(a, wide.id), await take(b, wide.id)]).toEqual([
    "api_pair_capacity",
    "seated",
    "seated",
  ]);
  expect(
    (await query("SELECT id FROM sessions WHERE id = ANY($1) ORDER BY place", [unused, assigned, banned])).map(
      ({ id }) => id,
    ),
  ).toEqual([assigned, banned]);
});
