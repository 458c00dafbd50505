import type { Claim } from "@herald/core";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { claim, runningCycle, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
let sql: pg.Pool;
beforeAll(async () => {
  world = await openWorld();
  sql = world.sql;
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await world.close();
});

let last = 1000;
/** Chats that no other test has used. */
const chats = (count: number) => Array.from({ length: count }, () => `-100${++last}`);
const first = async (options: { sessions?: number; count?: number } = {}) => {
  const cycle = await runningCycle(world, { sessions: options.sessions ?? 1, chats: chats(options.count ?? 1) });
  const [slot] = cycle.slots;
  if (slot === undefined) throw new Error("no slot");
  return { ...cycle, slot };
};
const row = async (id: string) => (await sql.query("SELECT * FROM deliveries WHERE id = $1", [id])).rows[0];

test("a claim is committed before it answers, and its settlement after", async () => {
  const { slot, user, groups, sessions } = await first();
  expect(await claim(world.database, slot)).toEqual({ kind: "go" });
  expect(await row(slot.deliveryId)).toMatchObject({ state: "sending", attempts: 1, outcome: null });
  const at = new Date();
  world.database.ledger.settle(settlement(slot, { at, messageId: 77, log: { level: "info", text: "Posted." } }));
  await world.database.ledger.flush();
  expect(await row(slot.deliveryId)).toMatchObject({ state: "sent", message_id: 77, settled_at: at });
  const count = async (query: string, id?: string) => (await sql.query(query, [id])).rows[0];
  expect(await count("SELECT * FROM stats WHERE user_id = $1", user.id)).toMatchObject({
    total_posts: 1,
    total_success: 1,
    total_failures: 0,
    total_messages_sent: 1,
    last_activity: at,
  });
  expect(await count("SELECT * FROM groups WHERE id = $1", groups[0]?.id)).toMatchObject({
    sent: 1,
    failed: 0,
    last_sent_at: at,
  });
  expect(await count("SELECT * FROM sessions WHERE id = $1", sessions[0]?.id)).toMatchObject({
    sent: 1,
    last_used_at: at,
  });
  expect(await count("SELECT * FROM bot_log WHERE user_id = $1", user.id)).toMatchObject({ text: "Posted." });
  expect(await claim(world.database, slot)).toEqual({ kind: "settled" });
});

test("lanes that ask together share one round trip and one event a user", async () => {
  const { slots, user } = await first({ sessions: 3, count: 40 });
  const lane = (n: number) => slots.slice(n * 40, n * 40 + 40).filter((_, index) => index % 3 === n);
  const asked = [...lane(0), ...lane(1), ...lane(2)];
  const before = (await sql.query("SELECT count(*)::int AS n FROM events WHERE user_id = $1", [user.id])).rows[0].n;
  const answers = await Promise.all(asked.map((slot) => claim(world.database, slot)));
  expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(["go"]));
  const events = (await sql.query("SELECT * FROM events WHERE user_id = $1", [user.id])).rows;
  expect(events.length).toBe(before + 1);
  expect(events.at(-1)).toMatchObject({
    type: "progress",
    delivery_ids: expect.arrayContaining(asked.map((slot) => slot.deliveryId)),
  });
});

test("no claim goes once a stop is committed", async () => {
  const { slot, user } = await first();
  await world.store.transaction((tx) => tx.bots.update(user.bot.id, { status: "stopped", stopReason: "user" }));
  expect(await claim(world.database, slot)).toEqual({ kind: "lost" });
  expect(await row(slot.deliveryId)).toMatchObject({ state: "planned", attempts: 0 });
});

test("a claim waits for a stop that is under way, and no other user's claim waits with it", async () => {
  const stopping = await first();
  const other = await first();
  const client = await sql.connect();
  await client.query("BEGIN");
  await client.query("UPDATE bots SET status = 'stopped' WHERE user_id = $1", [stopping.user.id]);
  let answered = false;
  const pending = claim(world.database, stopping.slot).finally(() => {
    answered = true;
  });
  expect(await claim(world.database, other.slot)).toEqual({ kind: "go" });
  expect(answered).toBe(false);
  await client.query("COMMIT");
  client.release();
  expect(await pending).toEqual({ kind: "lost" });
});

test("a claim of an older holder is lost: cycle taken over, lease taken over, lease run out", async () => {
  const { slots, cycle } = await first({ count: 3 });
  const [a, b, c] = slots as [(typeof slots)[0], (typeof slots)[0], (typeof slots)[0]];
  expect(await claim(world.database, { ...a, hold: { ...a.hold, epoch: a.hold.epoch - 1 } })).toEqual({ kind: "lost" });
  expect(await claim(world.database, { ...a, hold: { ...a.hold, fence: a.hold.fence + 1n } })).toEqual({
    kind: "lost",
  });
  await world.store.transaction((tx) => tx.cycles.take(cycle.id, "e2"));
  expect(await claim(world.database, b)).toEqual({ kind: "lost" });
  const now = { ...c, hold: { ...c.hold, epoch: c.hold.epoch + 1 } };
  await sql.query("UPDATE session_leases SET expires_at = now() WHERE session_id = $1", [c.hold.sessionId]);
  expect(await claim(world.database, now)).toEqual({ kind: "lost" });
  await world.database.leases.renew("e1", [{ sessionId: c.hold.sessionId, fence: c.hold.fence }], 60_000);
  expect(await claim(world.database, now)).toEqual({ kind: "go" });
});

test("a session that rests is waited for, one that an admin must see or that is banned is lost", async () => {
  const { slot } = await first();
  const { sessionId } = slot.hold;
  const until = new Date(Date.now() + 60_000);
  const rest = { until, needsAdmin: false, reason: "Telegram asked to wait.", code: "FLOOD_WAIT_60" };
  await world.store.transaction((tx) => tx.sessions.rest(sessionId, rest));
  expect(await claim(world.database, slot)).toEqual({ kind: "wait", why: "session_resting", until });
  expect(await row(slot.deliveryId)).toMatchObject({ state: "planned", outcome: "session_resting", wait_until: until });
  await world.store.transaction((tx) => tx.sessions.rest(sessionId, { ...rest, until: null, needsAdmin: true }));
  expect(await claim(world.database, slot)).toEqual({ kind: "lost" });
  await world.store.transaction((tx) => tx.sessions.rest(sessionId, null));
  await world.store.transaction((tx) =>
    tx.sessions.ban(sessionId, { at: new Date(), cause: "lost", reason: "Gone.", code: "AUTH_KEY_UNREGISTERED" }),
  );
  expect(await claim(world.database, slot)).toEqual({ kind: "lost" });
});

const by = { kind: "system", name: "test" } as const;
const optOut = (chatId: string) =>
  world.store.transaction(async (tx) => {
    await tx.chats.lock(chatId);
    await tx.chats.optOut(chatId, by, null);
  });

test("an opted-out chat gets no post, not even one that was tried before", async () => {
  const { slots } = await first({ sessions: 2 });
  const [tried, fresh] = slots as [(typeof slots)[0], (typeof slots)[0]];
  await claim(world.database, tried);
  world.database.ledger.settle(settlement(tried, { state: "sending", outcome: "unknown", messageId: null }));
  await world.database.ledger.flush();
  await optOut(tried.chatId);
  expect(await claim(world.database, tried)).toEqual({ kind: "skip", why: "opted_out" });
  expect(await claim(world.database, fresh)).toEqual({ kind: "skip", why: "opted_out" });
  expect(await row(tried.deliveryId)).toMatchObject({ state: "failed", outcome: "unknown" });
  expect(await row(fresh.deliveryId)).toMatchObject({ state: "skipped", outcome: "opted_out" });
});

test("a chat whose opt-out was revoked is posted to again, and the opt-out is kept with its end", async () => {
  const { slots } = await first({ sessions: 2 });
  const [before, after] = slots as [(typeof slots)[0], (typeof slots)[0]];
  await optOut(before.chatId);
  expect(await claim(world.database, before)).toEqual({ kind: "skip", why: "opted_out" });
  await world.store.transaction((tx) => tx.chats.revokeOptOut(before.chatId, by, new Date()));
  expect(await claim(world.database, after)).toEqual({ kind: "go" });
  const { rows } = await sql.query("SELECT by_name, revoked_by_name FROM opt_outs WHERE chat_id = $1", [before.chatId]);
  expect(rows).toEqual([{ by_name: "test", revoked_by_name: "test" }]);
});

test("a claim that meets an opt-out in the making is asked again, and refused by it", async () => {
  const { slot } = await first();
  const since = new Date();
  let asked: Promise<Claim> | undefined;
  await world.store.transaction(async (tx) => {
    await tx.chats.lock(slot.chatId);
    await tx.chats.optOut(slot.chatId, by, null);
    asked = claim(world.database, slot);
    // it has been answered once at least: the chat is in another transaction's hands
    const answered = `SELECT FROM pg_stat_activity WHERE application_name = 'herald ledger' AND state = 'idle'
      AND query LIKE '%herald_ledger%' AND query_start > $1 AND datname = current_database()`;
    while ((await sql.query(answered, [since])).rowCount === 0);
  });
  expect(await asked).toEqual({ kind: "skip", why: "opted_out" });
});

test("one chat is one post a cool-down, whoever asks, in one batch and between engines", async () => {
  const [chat] = chats(1) as [string];
  const ours = await runningCycle(world, { sessions: 2, chats: [chat] });
  const theirs = await runningCycle(world, { sessions: 2, chats: [chat] });
  const second = await world.open();
  const answers = await Promise.all([
    ...ours.slots.map((slot) => claim(world.database, slot)),
    ...theirs.slots.map((slot) => claim(second, slot)),
  ]);
  expect(answers.map((answer) => answer.kind).sort()).toEqual(["go", "wait", "wait", "wait"]);
  expect(answers.flatMap((answer) => (answer.kind === "wait" ? [answer.why] : []))).toEqual([
    "cooldown",
    "cooldown",
    "cooldown",
  ]);
});

test("the cool-down counts from the post, and a refusal frees the place", async () => {
  const { slots } = await first({ sessions: 3 });
  const [a, b, c] = slots as [(typeof slots)[0], (typeof slots)[0], (typeof slots)[0]];
  const reserved = async () =>
    (
      await sql.query("SELECT extract(epoch FROM reserved_until - now())::float AS left FROM chats WHERE id = $1", [
        a.chatId,
      ])
    ).rows[0].left;
  expect(await claim(world.database, a)).toEqual({ kind: "go" });
  expect(await reserved()).toBeGreaterThan(60);
  world.database.ledger.settle(
    settlement(a, { state: "failed", outcome: "group_refused", code: "CHAT_WRITE_FORBIDDEN", messageId: null }),
  );
  expect(await claim(world.database, b)).toEqual({ kind: "go" });
  expect(await claim(world.database, b)).toEqual({ kind: "go" });
  world.database.ledger.settle(settlement(b));
  const answer = await claim(world.database, c);
  expect(answer).toMatchObject({ kind: "wait", why: "cooldown" });
  expect(await reserved()).toBeLessThanOrEqual(60);
  expect(await reserved()).toBeGreaterThan(50);
  await sql.query("UPDATE chats SET cooldown = 1, reserved_until = now() WHERE id = $1", [a.chatId]);
  expect(await claim(world.database, c)).toEqual({ kind: "go" });
});

test("a place stays held for a post that may stand there", async () => {
  const { slots } = await first({ sessions: 2 });
  const [a, b] = slots as [(typeof slots)[0], (typeof slots)[0]];
  await claim(world.database, a);
  world.database.ledger.settle(
    settlement(a, { state: "sending", outcome: "unknown", code: "TIMEOUT", messageId: null }),
  );
  expect(await claim(world.database, b)).toMatchObject({ kind: "wait", why: "cooldown" });
  expect(await claim(world.database, a)).toEqual({ kind: "go" });
});

test("a settlement counts once however often it is written", async () => {
  const { slot, user, cycle } = await first();
  await claim(world.database, slot);
  const waiting = settlement(slot, { state: "planned", outcome: "flood_wait", code: "FLOOD_WAIT_9", messageId: null });
  world.database.ledger.settle(waiting);
  await world.database.ledger.flush();
  const { rows } = await sql.query("SELECT settlement_id FROM deliveries WHERE id = $1", [slot.deliveryId]);
  const repeat = [
    {
      n: 0,
      settlement: rows[0].settlement_id,
      delivery: slot.deliveryId,
      cycle: cycle.id,
      epoch: cycle.epoch,
      session: slot.hold.sessionId,
      fence: slot.hold.fence.toString(),
      state: "planned",
      outcome: "flood_wait",
      at: new Date(),
    },
  ];
  await sql.query("SELECT herald_ledger($1, '[]', 60, 60)", [JSON.stringify(repeat)]);
  expect((await sql.query("SELECT * FROM stats WHERE user_id = $1", [user.id])).rows[0]).toMatchObject({
    total_flood_waits: 1,
  });
});

test("what is final stays, and only `sent` is taken from an older holder", async () => {
  const { slots, cycle } = await first({ count: 2 });
  const [a, b] = slots as [(typeof slots)[0], (typeof slots)[0]];
  await Promise.all([claim(world.database, a), claim(world.database, b)]);
  await world.store.transaction((tx) => tx.cycles.take(cycle.id, "e2"));
  world.database.ledger.settle(settlement(a, { state: "failed", outcome: "group_refused", messageId: null }));
  world.database.ledger.settle(settlement(b, { messageId: 9 }));
  await world.database.ledger.flush();
  expect(await row(a.deliveryId)).toMatchObject({ state: "sending" });
  expect(await row(b.deliveryId)).toMatchObject({ state: "sent", message_id: 9 });
  const newest = { ...b, hold: { ...b.hold, epoch: b.hold.epoch + 1 } };
  world.database.ledger.settle(settlement(newest, { state: "failed", outcome: "unknown", messageId: null }));
  await world.database.ledger.flush();
  expect(await row(b.deliveryId)).toMatchObject({ state: "sent" });
});

test("two settlements of one delivery are written in their order, and claims after both", async () => {
  const { slots, user } = await first({ sessions: 2 });
  const [a, b] = slots as [(typeof slots)[0], (typeof slots)[0]];
  await claim(world.database, a);
  world.database.ledger.settle(settlement(a, { state: "planned", outcome: "flood_wait", messageId: null }));
  world.database.ledger.settle(settlement(a, { state: "failed", outcome: "group_refused", messageId: null }));
  expect(await claim(world.database, b)).toEqual({ kind: "go" });
  expect(await row(a.deliveryId)).toMatchObject({ state: "failed" });
  expect((await sql.query("SELECT * FROM stats WHERE user_id = $1", [user.id])).rows[0]).toMatchObject({
    total_flood_waits: 1,
    total_failures: 1,
  });
});

test("an aborted claim rejects, and is not asked any more", async () => {
  const { slot } = await first();
  const stop = new AbortController();
  const pending = world.database.ledger.claim(slot, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(pending).rejects.toThrow("stopped");
  await expect(world.database.ledger.claim(slot, stop.signal)).rejects.toThrow("stopped");
  await world.database.ledger.flush();
  expect(await row(slot.deliveryId)).toMatchObject({ state: "planned", attempts: 0 });
});

test("a claim that is aborted when it was committed already is given back", async () => {
  const { slot } = await first();
  const stop = new AbortController();
  let committed: unknown;
  const { query } = pg.Pool.prototype;
  vi.spyOn(pg.Pool.prototype, "query").mockImplementationOnce(async function (this: pg.Pool, ...given: unknown[]) {
    const answer = await Reflect.apply(query, this, given);
    committed = await row(slot.deliveryId);
    stop.abort(new Error("stopped"));
    return answer;
  });
  await expect(world.database.ledger.claim(slot, stop.signal)).rejects.toThrow("stopped");
  expect(committed).toMatchObject({ state: "sending", attempts: 1 });
  await expect.poll(() => row(slot.deliveryId)).toMatchObject({ state: "planned" });
});

test("one settlement that PostgreSQL refuses does not keep the others from being written", async () => {
  const faults: unknown[] = [];
  const database = await world.open({ onFault: (fault) => faults.push(fault) });
  const { slots } = await first({ count: 3 });
  await Promise.all(slots.map((slot) => claim(database, slot)));
  for (const [index, slot] of slots.entries())
    database.ledger.settle(settlement(slot, { messageId: index === 1 ? 2 ** 40 : index }));
  await database.ledger.flush();
  expect((await Promise.all(slots.map((slot) => row(slot.deliveryId)))).map(({ state }) => state)).toEqual([
    "sent",
    "sending",
    "sent",
  ]);
  expect(faults).toHaveLength(1);
});
