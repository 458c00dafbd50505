import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { claim, type Slot } from "./cycle.ts";
import { BACK, FAILED, OPEN, settling, soon } from "./settling.ts";
import { openWorld } from "./world.ts";

// Each condition of a settlement by itself: who may write what, and whose place a chat is then.

let world: Awaited<ReturnType<typeof openWorld>>;
let on: ReturnType<typeof settling>;
const faults: unknown[] = [];
beforeAll(async () => {
  world = await openWorld({ onFault: (fault) => faults.push(fault) });
  on = settling(world);
});
afterEach(() => expect(faults).toEqual([]));
afterAll(() => world.close());

test.each<[string, (slot: Slot, other: Slot) => Slot]>([
  ["of another epoch", (slot) => ({ ...slot, hold: { ...slot.hold, epoch: slot.hold.epoch + 1 } })],
  ["with another fence", (slot) => ({ ...slot, hold: { ...slot.hold, fence: slot.hold.fence + 1n } })],
  ["of another cycle", (slot, other) => ({ ...slot, hold: { ...slot.hold, cycleId: other.hold.cycleId } })],
  ["of another session", (slot, other) => ({ ...slot, hold: { ...slot.hold, sessionId: other.hold.sessionId } })],
])("what the holder %s says is not written, for what was claimed and for what was not", async (_what, as) => {
  const [ours, other] = [await on.claimed(1, 2), await on.claimed()];
  await on.settle([as(ours.a, other.a), FAILED], [as(ours.b, other.a), FAILED]);
  expect([await on.row(ours.a), await on.row(ours.b)]).toMatchObject([{ state: "sending" }, { state: "planned" }]);
  expect(await on.query("SELECT total_posts FROM stats WHERE user_id = $1", ours.user.id)).toEqual([
    { total_posts: 0 },
  ]);
  expect(await on.row(other.a)).toMatchObject({ state: "sending", outcome: null });
});

test("that it was sent is taken from an older holder, but not by another cycle or session, nor of what was never tried", async () => {
  const [ours, other] = [await on.claimed(1, 2), await on.claimed()];
  const older = { ...ours.a, hold: { ...ours.a.hold, epoch: ours.a.hold.epoch - 1, fence: 0n } };
  await on.settle([{ ...older, hold: { ...older.hold, sessionId: other.a.hold.sessionId } }]);
  await on.settle([{ ...older, hold: { ...older.hold, cycleId: other.a.hold.cycleId } }]);
  await on.settle([ours.b]);
  expect([await on.row(ours.a), await on.row(ours.b)]).toMatchObject([{ state: "sending" }, { state: "planned" }]);
  await on.settle([older]);
  expect(await on.row(ours.a)).toMatchObject({ state: "sent", message_id: 5 });
});

test("what was not claimed may fail or wait, and is never left open", async () => {
  const { a, b, slots } = await on.claimed(1, 3);
  const waiting = slots[2] as Slot;
  await on.settle([b, FAILED], [waiting, { ...BACK, outcome: "slow_mode", waitUntil: soon() }]);
  expect(await on.row(b)).toMatchObject({ state: "failed", attempts: 0 });
  expect(await on.row(waiting)).toMatchObject({ state: "planned", outcome: "slow_mode" });
  // nor is what was given back
  await on.settle([a, BACK]);
  await on.settle([a, OPEN]);
  expect(await on.row(a)).toMatchObject({ state: "planned", outcome: null, attempts: 1 });
});

test.each(["sent", "failed", "skipped"] as const)("what is %s stays so, whatever its holder says", async (state) => {
  const { a, b } = await on.claimed(1, 2);
  if (state === "skipped")
    await world.store.transaction((tx) => tx.cycles.skip([b.deliveryId], "session_lost", new Date()));
  else await on.settle([a, state === "failed" ? FAILED : {}]);
  const slot = state === "skipped" ? b : a;
  const before = await on.row(slot);
  await on.settle([slot, BACK]);
  await on.settle([slot, OPEN]);
  await on.settle([slot, { ...FAILED, code: "OTHER" }]);
  await on.settle([slot, { messageId: 99 }]);
  expect(await on.row(slot)).toEqual(before);
});

test("a settlement is dated where it is final, and keeps the message and the random id that are known", async () => {
  const { a } = await on.claimed();
  await on.query("UPDATE deliveries SET message_id = 7 WHERE id = $1", a.deliveryId);
  const { random_id } = await on.row(a);
  await on.settle([a, OPEN]);
  expect(await on.row(a)).toMatchObject({ outcome: "unknown", settled_at: null, message_id: 7, random_id });
  const at = new Date();
  await on.settle([a, { at, messageId: null }]);
  expect(await on.row(a)).toMatchObject({ settled_at: at, message_id: 7, random_id });
});

test("a place is free again when nothing was posted, but not another's", async () => {
  const { a, b } = await on.claimed(2);
  await on.settle([b, FAILED]);
  expect(await on.place(a)).toMatchObject({ by: a.deliveryId });
  await on.settle([a, BACK]);
  expect(await on.place(a)).toEqual({ by: null, left: null });
});

test("a place is held for the cool-down after a post, and for one that may stand there; a longer hold of another stays", async () => {
  const sent = await on.claimed();
  await on.settle([sent.a]);
  expect((await on.place(sent.a)).by).toBe(sent.a.deliveryId);
  expect((await on.place(sent.a)).left).toBeLessThanOrEqual(60);
  expect((await on.place(sent.a)).left).toBeGreaterThan(50);

  const own = await on.claimed();
  await on.query("UPDATE chats SET cooldown = 10 WHERE id = $1", own.a.chatId);
  await on.settle([own.a]);
  expect((await on.place(own.a)).left).toBeLessThanOrEqual(10);

  const unknown = await on.claimed();
  await on.settle([unknown.a, OPEN]);
  // it may come to stand there as long as the claim holds
  expect((await on.place(unknown.a)).left).toBeGreaterThan(100);

  // tried before, and refused now: the first try may stand there
  const again = await on.claimed();
  await on.settle([again.a, OPEN]);
  await on.query("UPDATE chats SET reserved_until = now() WHERE id = $1", again.a.chatId);
  await claim(world.database, again.a);
  await on.settle([again.a, FAILED]);
  expect(await on.place(again.a)).toMatchObject({ by: again.a.deliveryId });
  expect((await on.place(again.a)).left).toBeGreaterThan(50);

  const other = await on.claimed(2);
  const hold = (until: Date) =>
    on.query(
      "UPDATE chats SET reserved_by = $2, reserved_until = $3 WHERE id = $1",
      other.a.chatId,
      other.b.deliveryId,
      until,
    );
  await hold(soon(300_000));
  await on.settle([other.a]);
  expect(await on.place(other.a)).toMatchObject({ by: other.b.deliveryId });
  expect((await on.place(other.a)).left).toBeGreaterThan(200);
  // one that is over is taken
  const late = await on.claimed(2);
  await on.query(
    "UPDATE chats SET reserved_by = $2, reserved_until = now() WHERE id = $1",
    late.a.chatId,
    late.b.deliveryId,
  );
  await on.settle([late.a]);
  expect(await on.place(late.a)).toMatchObject({ by: late.a.deliveryId });
  // and one that nobody holds
  const free = await on.claimed();
  await on.query("UPDATE chats SET reserved_by = NULL, reserved_until = NULL WHERE id = $1", free.a.chatId);
  await on.settle([free.a]);
  expect(await on.place(free.a)).toMatchObject({ by: free.a.deliveryId });
});

test("of several that settle in one chat together the one that was sent counts, then the one that may have been", async () => {
  for (const [more, isHeld] of [
    [{}, true],
    [OPEN, true],
    [FAILED, false],
  ] as const) {
    const { a, b } = await on.claimed(2);
    await on.query("UPDATE chats SET cooldown = 0 WHERE id = $1", a.chatId);
    await claim(world.database, b);
    await on.query(
      "UPDATE chats SET cooldown = 60, reserved_by = $2, reserved_until = now() + interval '9 s' WHERE id = $1",
      a.chatId,
      a.deliveryId,
    );
    await on.settle([a, FAILED], [b, more]);
    expect((await on.place(a)).left !== null).toBe(isHeld);
  }
});

test("a chat that nobody settled in keeps its place", async () => {
  const [ours, other] = [await on.claimed(), await on.claimed()];
  await on.settle([ours.a, FAILED]);
  expect(await on.place(other.a)).toMatchObject({ by: other.a.deliveryId });
});

test("a settlement waits for its cycle, delivery and chat, in this order, and holds them until it is committed", async () => {
  const [{ a, cycle }, other] = [await on.claimed(), await on.claimed()];
  const { hold, deliveryId, chatId } = a;
  const given = { n: 0, settlement: cycle.id, delivery: deliveryId, cycle: hold.cycleId, epoch: hold.epoch };
  const what = {
    session: hold.sessionId,
    fence: hold.fence.toString(),
    state: "sending",
    outcome: "unknown",
    at: new Date(),
  };
  const settlements = JSON.stringify([{ ...given, ...what }]);
  const ledger = await world.sql.connect();
  onTestFinished(() => ledger.release(true));
  await ledger.query("BEGIN");
  await ledger.query("SELECT herald_settle($1, 60)", [settlements]);
  for (const [table, id] of [
    ["cycles", hold.cycleId],
    ["deliveries", deliveryId],
    ["chats", chatId],
  ])
    await expect(on.query(`SELECT FROM ${table} WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, id)).rejects.toThrow(
      "could not obtain lock",
    );
  await on.query("SELECT FROM cycles WHERE id = $1 FOR NO KEY UPDATE NOWAIT", other.a.hold.cycleId);
  await ledger.query("ROLLBACK");
  // whoever has the cycle finds the delivery free: the ledger has not come so far
  await ledger.query("BEGIN; SET LOCAL lock_timeout = '10s'");
  await ledger.query("SELECT FROM cycles WHERE id = $1 FOR NO KEY UPDATE", [hold.cycleId]);
  await expect(on.query("SELECT herald_settle($1, 60)", settlements)).rejects.toThrow("lock timeout");
  await ledger.query("ROLLBACK");
});
