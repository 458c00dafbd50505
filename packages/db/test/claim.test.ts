import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

// Each condition of a claim by itself: what else the row says would let the post go.

let world: Awaited<ReturnType<typeof openWorld>>;
const faults: unknown[] = [];
beforeAll(async () => {
  world = await openWorld({ onFault: (fault) => faults.push(fault) });
});
afterEach(() => expect(faults).toEqual([]));
afterAll(() => world.close());

let last = 0;
const chats = (count: number) => Array.from({ length: count }, () => `-100${7_000_000_000 + ++last}`);

/** A running cycle, its slots and the first of them. */
async function begun(sessions: number, count = 1) {
  const cycle = await runningCycle(world, { sessions, chats: chats(count) });
  const [a, b] = cycle.slots as [Slot, Slot];
  return { ...cycle, a, b };
}
const ask = (slot: Slot, topicId = 0) => claim(world.database, { ...slot, topicId });
const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
const row = async ({ deliveryId }: Slot) => (await query("SELECT * FROM deliveries WHERE id = $1", deliveryId))[0];
const settle = async (slot: Slot, more: Parameters<typeof settlement>[1]) => {
  world.database.ledger.settle(settlement(slot, more));
  await world.database.ledger.flush();
};
const by = { kind: "system", name: "test" } as const;
const soon = (ms = 60_000) => new Date(Date.now() + ms);

/** Answers once the ledger has had an answer from PostgreSQL that was asked for after `since`. */
async function answeredAfter(since: Date) {
  const answered = `SELECT FROM pg_stat_activity WHERE application_name = 'herald ledger' AND state = 'idle'
    AND query LIKE '%herald_ledger%' AND query_start > $1 AND datname = current_database()`;
  while ((await world.sql.query(answered, [since])).rowCount === 0);
}

test.each([
  ["bot", "SELECT FROM bots WHERE id = (SELECT bot_id FROM deliveries WHERE id = $1) FOR UPDATE"],
  ["cycle", "SELECT FROM cycles WHERE id = (SELECT cycle_id FROM deliveries WHERE id = $1) FOR UPDATE"],
  ["delivery", "SELECT FROM deliveries WHERE id = $1 FOR UPDATE"],
  ["chat", "SELECT FROM chats WHERE id = (SELECT chat_id FROM deliveries WHERE id = $1) FOR UPDATE"],
])("a claim waits for whoever holds its %s, and others of the round trip do not", async (_what, lock) => {
  const [held, free] = [await begun(1), await begun(1)];
  const other = await world.sql.connect();
  onTestFinished(() => other.release(true));
  await other.query("BEGIN");
  await other.query(lock, [held.a.deliveryId]);
  const since = new Date();
  const asked = Promise.all([ask(held.a), ask(free.a)]);
  await answeredAfter(since);
  expect(await row(free.a)).toMatchObject({ state: "sending" });
  expect(await row(held.a)).toMatchObject({ state: "planned", outcome: null });
  await other.query("COMMIT");
  expect(await asked).toEqual([{ kind: "go" }, { kind: "go" }]);
});

test("a claim holds bot, cycle, delivery and chat until it is committed", async () => {
  const { a, user } = await begun(1);
  const ledger = await world.sql.connect();
  onTestFinished(() => ledger.release(true));
  await ledger.query("BEGIN");
  const { hold, deliveryId, chatId } = a;
  const given = { delivery: deliveryId, chat: chatId, topic: 0, cycle: hold.cycleId, epoch: hold.epoch };
  const claims = JSON.stringify([{ n: 0, ...given, session: hold.sessionId, fence: hold.fence.toString() }]);
  await ledger.query("SELECT herald_claim($1, 60, 60)", [claims]);
  for (const [table, id] of [
    ["bots", user.bot.id],
    ["cycles", hold.cycleId],
    ["deliveries", deliveryId],
    ["chats", chatId],
  ])
    await expect(query(`SELECT FROM ${table} WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, id)).rejects.toThrow(
      "could not obtain lock",
    );
  await ledger.query("ROLLBACK");
});

test.each<[string, (slot: Slot, other: Slot) => Promise<unknown>]>([
  [
    "whose cycle is open",
    ({ hold }) => query("UPDATE cycles SET state = 'open', engine_id = NULL WHERE id = $1", hold.cycleId),
  ],
  ["whose lease was released", ({ hold }) => world.database.leases.release("e1", hold.sessionId, hold.fence)],
  [
    "of a session without a lease",
    ({ hold }) => query("DELETE FROM session_leases WHERE session_id = $1", hold.sessionId),
  ],
  [
    "of a session that serves another user",
    async ({ hold }) =>
      query("UPDATE sessions SET user_id = $2 WHERE id = $1", hold.sessionId, (await world.user()).id),
  ],
  ["of a session that left", ({ hold }) => world.store.transaction((tx) => tx.sessions.release(hold.sessionId))],
  [
    "of a delivery that another session has",
    (slot, other) =>
      query("UPDATE deliveries SET session_id = $2 WHERE id = $1", slot.deliveryId, other.hold.sessionId),
  ],
  ["of a delivery that is gone", ({ deliveryId }) => query("DELETE FROM deliveries WHERE id = $1", deliveryId)],
])("a claim %s is lost", async (_what, change) => {
  const [ours, other] = [await begun(1), await begun(1)];
  await change(ours.a, other.a);
  expect(await ask(ours.a)).toEqual({ kind: "lost" });
  expect(await row(other.a)).toMatchObject({ state: "planned" });
});

test("a claim by the hold of another cycle is lost", async () => {
  const [ours, other] = [await begun(1), await begun(1)];
  const { cycleId, epoch } = other.a.hold;
  expect(await ask({ ...ours.a, hold: { ...ours.a.hold, cycleId, epoch } })).toEqual({ kind: "lost" });
});

test("claims of one chat that are lost together are all lost, and none waits", async () => {
  const { slots, user } = await begun(3);
  await world.store.transaction((tx) => tx.bots.update(user.bot.id, { status: "stopped", stopReason: "user" }));
  expect(await Promise.all(slots.map((slot) => ask(slot)))).toEqual(slots.map(() => ({ kind: "lost" })));
  expect(await Promise.all(slots.map(row))).toMatchObject(slots.map(() => ({ state: "planned", outcome: null })));
});

test("a group that was retired or removed gets no post that was not tried, and keeps what was", async () => {
  for (const change of [
    (id: string) => world.store.transaction((tx) => tx.groups.retire(id, { reason: "no", code: "NO" })),
    (id: string) => query("DELETE FROM groups WHERE id = $1", id),
  ]) {
    const { a, b } = await begun(2);
    expect(await ask(a)).toEqual({ kind: "go" });
    await settle(a, { state: "sending", outcome: "unknown", messageId: null });
    await change(a.groupId);
    expect(await ask(b)).toEqual({ kind: "skip", why: "group_retired" });
    expect(await row(b)).toMatchObject({ state: "skipped", outcome: "group_retired", attempts: 0, tried_at: null });
    expect((await row(b)).settled_at).toBeInstanceOf(Date);
    expect(await ask(a)).toEqual({ kind: "go" });
  }
});

test("what was learned of a session, a chat or a topic holds no other", async () => {
  const { a, b, slots } = await begun(2, 2);
  const [, elsewhere] = slots as [Slot, Slot];
  const refuse = (topic: number) =>
    query(
      `INSERT INTO session_chats (session_id, chat_id, topic_id, refused_at, refused_code, refused_reason) VALUES ($1, $2, $3, now(), 'NO', 'no')`,
      a.hold.sessionId,
      a.chatId,
      topic,
    );
  expect(b.chatId).not.toBe(a.chatId);
  await refuse(5);
  expect(await ask(elsewhere, 5)).toEqual({ kind: "go" });
  const theirs = slots[2] as Slot;
  expect(theirs).toMatchObject({ chatId: a.chatId });
  expect(theirs.hold.sessionId).not.toBe(a.hold.sessionId);
  expect(await ask(theirs, 5)).toEqual({ kind: "go" });
  await query("UPDATE chats SET reserved_by = NULL, reserved_until = NULL WHERE id = $1", a.chatId);
  expect(await ask(a, 6)).toEqual({ kind: "go" });
  const again = await begun(1);
  await query("UPDATE deliveries SET session_id = $2 WHERE id = $1", again.a.deliveryId, again.a.hold.sessionId);
  expect(await ask(again.a, 5)).toEqual({ kind: "go" });
});

test("a topic is refused and waits by what is said of it or of its whole chat", async () => {
  const { a, b } = await begun(1, 2);
  const know = (slot: Slot, topic: number, column: string, value: string) =>
    query(
      `INSERT INTO session_chats (session_id, chat_id, topic_id, refused_code, refused_reason, ${column}) VALUES ($1, $2, $3, 'NO', 'no', ${value})`,
      slot.hold.sessionId,
      slot.chatId,
      topic,
    );
  const waits = "UPDATE session_chats SET wait_until = $2 WHERE chat_id = $1";
  await know(a, 0, "refused_at", "now()");
  expect(await ask(a, 5)).toEqual({ kind: "skip", why: "group_retired" });
  await query(
    "INSERT INTO session_chats (session_id, chat_id, topic_id) VALUES ($1, $2, 0), ($1, $2, 5)",
    b.hold.sessionId,
    b.chatId,
  );
  const until = soon();
  await query(waits, b.chatId, until);
  await query("UPDATE session_chats SET wait_until = $2 WHERE chat_id = $1 AND topic_id = 5", b.chatId, soon(1_000));
  expect(await ask(b, 5)).toEqual({ kind: "wait", why: "slow_mode", until });
  await query(waits, b.chatId, soon(-1));
  expect(await ask(b, 5)).toEqual({ kind: "go" });
});

test("a rest that is over holds nothing", async () => {
  const { a } = await begun(1);
  await query("UPDATE sessions SET resting_until = now() WHERE id = $1", a.hold.sessionId);
  expect(await ask(a)).toEqual({ kind: "go" });
});

test("a chat without a cool-down takes all at once, also while its place is held", async () => {
  const { a, slots } = await begun(3);
  await query("UPDATE chats SET cooldown = 0 WHERE id = $1", a.chatId);
  expect(await Promise.all(slots.map((slot) => ask(slot)))).toEqual(slots.map(() => ({ kind: "go" })));
  expect(await query("SELECT reserved_by, reserved_until FROM chats WHERE id = $1", a.chatId)).toEqual([
    { reserved_by: null, reserved_until: null },
  ]);
  const held = await begun(2);
  expect(await ask(held.a)).toEqual({ kind: "go" });
  await query("UPDATE chats SET cooldown = 0 WHERE id = $1", held.a.chatId);
  expect(await ask(held.b)).toEqual({ kind: "go" });
});

test("of those that ask for a chat together the one that holds its place goes, else the first", async () => {
  const { slots } = await begun(3);
  const answers = await Promise.all(slots.map((slot) => ask(slot)));
  expect(answers.map(({ kind }) => kind)).toEqual(["go", "wait", "wait"]);
  const { a, b } = await begun(2);
  expect(await ask(b)).toEqual({ kind: "go" });
  await query("UPDATE chats SET reserved_until = now() WHERE id = $1", a.chatId);
  expect((await Promise.all([ask(a), ask(b)])).map(({ kind }) => kind)).toEqual(["wait", "go"]);
});

test("who finds a place held is told to come back when it is free, or when it should be, if that is sooner", async () => {
  const { a, b, slots } = await begun(3);
  const left = async (slot: Slot) => {
    const answer = await ask(slot);
    if (answer.kind !== "wait") throw new Error(answer.kind);
    const kept = await row(slot);
    expect(kept).toMatchObject({ state: "planned", outcome: "cooldown" });
    // to the millisecond: the row's is rounded
    expect(Math.abs(kept.wait_until.getTime() - answer.until.getTime())).toBeLessThanOrEqual(1);
    return (answer.until.getTime() - Date.now()) / 1000;
  };
  expect(await ask(a)).toEqual({ kind: "go" });
  // held for the cool-down and the longest send, told of the cool-down
  expect(await left(b)).toBeLessThanOrEqual(60);
  await query("UPDATE chats SET reserved_until = $2 WHERE id = $1", a.chatId, soon(20_000));
  expect(await left(slots[2] as Slot)).toBeLessThanOrEqual(20);
  await query("UPDATE chats SET cooldown = 7, reserved_until = $2 WHERE id = $1", a.chatId, soon(20_000));
  expect(await left(b)).toBeLessThanOrEqual(7);
  // together: the place was free, and is the other's from now on
  const fresh = await begun(2);
  await query("UPDATE chats SET reserved_by = 1, reserved_until = now() WHERE id = $1", fresh.a.chatId);
  const [, waits] = await Promise.all([ask(fresh.a), ask(fresh.b)]);
  expect(waits).toMatchObject({ kind: "wait", why: "cooldown" });
  if (waits.kind === "wait") expect((waits.until.getTime() - Date.now()) / 1000).toBeGreaterThan(50);
});

test("the first try's time stays, each try is counted, and what was said before is gone", async () => {
  const { a } = await begun(1);
  await ask(a);
  const { tried_at: first } = await row(a);
  await settle(a, { state: "sending", outcome: "unknown", code: "TIMEOUT", messageId: null, waitUntil: soon() });
  expect(await ask(a)).toEqual({ kind: "go" });
  expect(await row(a)).toMatchObject({ tried_at: first, attempts: 2, outcome: null, code: null, wait_until: null });
});

test("a claim that waits is not tried, and one that hears the same again writes nothing", async () => {
  const { a, user } = await begun(1);
  const [rest, longer] = [soon(), soon(120_000)];
  const version = async () => (await query("SELECT xmin, ctid FROM deliveries WHERE id = $1", a.deliveryId))[0];
  const events = async () => (await query("SELECT count(*)::int AS n FROM events WHERE user_id = $1", user.id))[0].n;
  await query("UPDATE sessions SET resting_until = $2 WHERE id = $1", a.hold.sessionId, rest);
  await ask(a);
  expect(await row(a)).toMatchObject({ attempts: 0, tried_at: null, settled_at: null, wait_until: rest });
  const before = [await version(), await events()];
  expect(await ask(a)).toEqual({ kind: "wait", why: "session_resting", until: rest });
  expect([await version(), await events()]).toEqual(before);
  await query("UPDATE sessions SET resting_until = $2 WHERE id = $1", a.hold.sessionId, longer);
  await ask(a);
  expect(await row(a)).toMatchObject({ wait_until: longer });
  // tried before: it stays open
  const tried = await begun(1);
  await ask(tried.a);
  await settle(tried.a, { state: "sending", outcome: "unknown", messageId: null });
  await query("UPDATE sessions SET resting_until = $2 WHERE id = $1", tried.a.hold.sessionId, rest);
  await ask(tried.a);
  expect(await row(tried.a)).toMatchObject({ state: "sending", outcome: "session_resting", attempts: 1 });
});

test("a post that was given up for an opt-out counts as failed, for its group and its bot alone", async () => {
  const [ours, other] = [await begun(1, 2), await begun(1)];
  await ask(ours.a);
  await settle(ours.a, { state: "sending", outcome: "unknown", messageId: null });
  for (const { chatId } of ours.slots)
    await world.store.transaction(async (tx) => {
      await tx.chats.lock(chatId);
      await tx.chats.optOut(chatId, by, null);
    });
  expect(await Promise.all(ours.slots.map((slot) => ask(slot)))).toEqual(
    ours.slots.map(() => ({ kind: "skip", why: "opted_out" })),
  );
  const failed = async ({ user }: typeof ours) => [
    await query("SELECT failed FROM groups WHERE user_id = $1 ORDER BY position", user.id),
    await query("SELECT total_posts, total_failures FROM stats WHERE user_id = $1", user.id),
  ];
  expect(await failed(ours)).toEqual([[{ failed: 1 }, { failed: 0 }], [{ total_posts: 1, total_failures: 1 }]]);
  expect(await failed(other)).toEqual([[{ failed: 0 }], [{ total_posts: 0, total_failures: 0 }]]);
  expect(await query("SELECT count(*)::int AS n FROM groups WHERE failed > 0")).toEqual([{ n: 1 }]);
});

test("a chat that no session found yet is made by its first claim, once", async () => {
  const { slots } = await begun(2);
  const [chatId] = chats(1) as [string];
  await query(
    "UPDATE deliveries SET chat_id = NULL WHERE id = ANY($1)",
    slots.map(({ deliveryId }) => deliveryId),
  );
  const answers = await Promise.all(slots.map((slot) => ask({ ...slot, chatId })));
  expect(answers.map(({ kind }) => kind)).toEqual(["go", "wait"]);
  expect(await query("SELECT title FROM chats WHERE id = $1", chatId)).toEqual([{ title: "" }]);
});
