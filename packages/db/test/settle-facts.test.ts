import type { Learned } from "@herald/core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { claim, type Slot } from "./cycle.ts";
import { BACK, FAILED, OPEN, refusal, settling, soon } from "./settling.ts";
import { openWorld } from "./world.ts";

// What a settlement writes beside the delivery: rests, waits, refusals, counters, log lines.

let world: Awaited<ReturnType<typeof openWorld>>;
let on: ReturnType<typeof settling>;
const faults: unknown[] = [];
beforeAll(async () => {
  world = await openWorld({ onFault: (fault) => faults.push(fault) });
  on = settling(world);
});
afterEach(() => expect(faults).toEqual([]));
afterAll(() => world.close());

test("a rest is the session's alone, a longer one stays, and its reason is the newest", async () => {
  const [ours, other] = [await on.claimed(), await on.claimed()];
  const [until, longer] = [soon(), soon(120_000)];
  const rest = (at: Date, reason: string): Learned => ({ kind: "rest", until: at, reason });
  const waits = { ...BACK, outcome: "flood_wait", code: "FLOOD_WAIT_60" } as const;
  await on.settle([ours.a, { ...waits, learned: rest(until, "asked to pause") }]);
  expect(await on.session(ours.a)).toMatchObject({
    resting_until: until,
    reason: "asked to pause",
    code: "FLOOD_WAIT_60",
  });
  expect(await on.session(other.a)).toMatchObject({ resting_until: null, reason: null, code: null });
  await on.settle([ours.a, { ...waits, learned: rest(longer, "for longer") }]);
  await on.settle([ours.a, { ...waits, code: "LESS", learned: rest(until, "for less") }]);
  expect(await on.session(ours.a)).toMatchObject({ resting_until: longer, reason: "for less", code: "LESS" });
  await on.settle([ours.a, { ...BACK, code: "QUIET" }]);
  expect(await on.session(ours.a)).toMatchObject({ resting_until: longer, reason: "for less", code: "LESS" });
});

test("what one lane learns in one round trip is kept apart: rest, look-ups, wait, refusal", async () => {
  const { a, slots } = await on.claimed(1, 4);
  const [, b, c, d] = slots as [Slot, Slot, Slot, Slot];
  const [rest, lookups, wait, again] = [soon(10_000), soon(20_000), soon(30_000), soon(40_000)];
  const waits = { ...BACK, outcome: "flood_wait" } as const;
  await on.settle(
    [a, { ...waits, code: "REST", learned: { kind: "rest", until: rest, reason: "rest" } }],
    [b, { ...waits, code: "ZZZ_LOOKUPS", learned: { kind: "lookups", until: lookups } }],
    [c, { ...waits, outcome: "slow_mode", code: "ZZZ_WAIT", learned: { kind: "wait", until: wait } }],
    [d, { ...FAILED, code: "ZZZ_REFUSAL", learned: refusal({ until: again, reason: "zzz" }) }],
  );
  expect(await on.session(a)).toMatchObject({
    resting_until: rest,
    lookups_wait_until: lookups,
    reason: "rest",
    code: "REST",
  });
  const known = await on.query(
    "SELECT chat_id, wait_until, refused_at IS NOT NULL AS refused, refused_code, refused_reason, ask_again_at FROM session_chats WHERE session_id = $1 ORDER BY chat_id DESC",
    a.hold.sessionId,
  );
  expect(known).toEqual([
    {
      chat_id: c.chatId,
      wait_until: wait,
      refused: false,
      refused_code: null,
      refused_reason: null,
      ask_again_at: null,
    },
    {
      chat_id: d.chatId,
      wait_until: null,
      refused: true,
      refused_code: "ZZZ_REFUSAL",
      refused_reason: "zzz",
      ask_again_at: again,
    },
  ]);
  const told = await on.query(
    "SELECT kind, code, until FROM session_events WHERE session_id = $1 AND chat_id IS NOT NULL ORDER BY id",
    a.hold.sessionId,
  );
  expect(told).toEqual([
    { kind: "waited", code: "REST", until: rest },
    { kind: "waited", code: "ZZZ_LOOKUPS", until: lookups },
    { kind: "waited", code: "ZZZ_WAIT", until: wait },
    { kind: "refused", code: "ZZZ_REFUSAL", until: again },
  ]);
  expect(await on.query("SELECT FROM session_references WHERE session_id = $1", a.hold.sessionId)).toEqual([]);
  // a shorter one shortens nothing, and a longer one holds
  await on.settle([b, { ...waits, learned: { kind: "lookups", until: rest } }]);
  expect(await on.session(a)).toMatchObject({ lookups_wait_until: lookups });
  await on.settle([b, { ...waits, learned: { kind: "lookups", until: again } }]);
  expect(await on.session(a)).toMatchObject({ lookups_wait_until: again, resting_until: rest });
});

test("a wait and a refusal of one chat stand beside each other, and of two refusals the newer counts", async () => {
  const { a } = await on.claimed();
  const fact = async () =>
    (
      await on.query(
        `SELECT wait_until, refused_code, refused_reason, ask_again_at, refused_post IS NOT NULL AS of_post FROM session_chats
         WHERE session_id = $1 AND chat_id = $2`,
        a.hold.sessionId,
        a.chatId,
      )
    )[0];
  const [until, again] = [soon(), soon(90_000)];
  await on.settle([a, { ...BACK, outcome: "slow_mode", learned: { kind: "wait", until } }]);
  const said = { ...BACK, outcome: "group_refused" } as const;
  await on.settle([a, { ...said, code: "A", learned: refusal({ until: again, ofThisPost: true, reason: "a" }) }]);
  const first = { refused_code: "A", refused_reason: "a", ask_again_at: again, of_post: true };
  expect(await fact()).toEqual({ wait_until: until, ...first });
  const longer = soon(120_000);
  await on.settle([a, { ...BACK, outcome: "slow_mode", learned: { kind: "wait", until: longer } }]);
  expect(await fact()).toEqual({ wait_until: longer, ...first });
  await on.settle([a, { ...said, code: "B", learned: refusal({ reason: "b" }) }]);
  expect(await fact()).toEqual({
    wait_until: longer,
    refused_code: "B",
    refused_reason: "b",
    ask_again_at: null,
    of_post: false,
  });
});

test("of what two lanes say of one place in one round trip the newer is kept", async () => {
  const { a, b, groups } = await on.claimed(1, 2);
  await on.query("UPDATE deliveries SET chat_id = $2 WHERE id = $1", b.deliveryId, a.chatId);
  const said = { ...BACK, outcome: "group_refused" } as const;
  await on.settle(
    [a, { ...said, code: "A", learned: refusal({ reason: "a" }) }],
    [b, { ...said, code: "B", learned: refusal({ reason: "b" }) }],
  );
  const kept = "SELECT refused_code FROM session_chats WHERE session_id = $1";
  expect(await on.query(kept, a.hold.sessionId)).toEqual([{ refused_code: "B" }]);

  // and of one reference
  await on.query("UPDATE deliveries SET chat_id = NULL WHERE cycle_id = $1", a.hold.cycleId);
  await on.query(
    "UPDATE groups SET chat_id = NULL, reference = '@one/' || position + 1 WHERE user_id = $1",
    groups[0]?.userId,
  );
  await on.settle(
    [a, { ...said, code: "C", learned: refusal({ reason: "c" }) }],
    [b, { ...said, code: "D", learned: refusal({ reason: "d" }) }],
  );
  const nowhere = "SELECT reference, refused_code FROM session_references WHERE session_id = $1";
  expect(await on.query(nowhere, a.hold.sessionId)).toEqual([{ reference: "@one", refused_code: "D" }]);
  // that the account rests says nothing of a reference
  await on.settle([a, { ...said, code: "E", learned: { kind: "rest", until: soon(), reason: "e" } }]);
  expect(await on.session(a)).toMatchObject({ code: "E" });
  expect(await on.query(nowhere, a.hold.sessionId)).toEqual([{ reference: "@one", refused_code: "D" }]);
});

test("counters grow by what came of it, each in its place", async () => {
  const [ours, other] = [await on.claimed(1, 4), await on.claimed()];
  const [a, b, c, d] = ours.slots as [Slot, Slot, Slot, Slot];
  for (const slot of [b, c, d]) await claim(world.database, slot);
  const [early, late] = [new Date(Date.now() - 60_000), new Date()];
  await on.settle(
    [a, { at: early }],
    [b, { ...FAILED, at: late }],
    [c, { ...OPEN, outcome: "flood_wait", at: early }],
    [d, { ...BACK, at: early }],
  );
  const groups = (userId: string) =>
    on.query("SELECT sent, failed, last_sent_at FROM groups WHERE user_id = $1 ORDER BY position", userId);
  const none = { sent: 0, failed: 0, last_sent_at: null };
  expect(await groups(ours.user.id)).toEqual([
    { ...none, sent: 1, last_sent_at: early },
    { ...none, failed: 1 },
    none,
    none,
  ]);
  expect(await groups(other.user.id)).toEqual([none]);
  const stats = async () => (await on.query("SELECT * FROM stats WHERE user_id = $1", ours.user.id))[0];
  const counted = { total_posts: 2, total_success: 1, total_failures: 1, total_flood_waits: 1, total_messages_sent: 1 };
  expect(await stats()).toMatchObject({ ...counted, last_activity: late });
  expect(await on.session(a)).toMatchObject({ sent: 1, last_used_at: late });
  expect(await on.session(other.a)).toMatchObject({ sent: 0, last_used_at: null });
  // nothing was said of the account itself
  const told = await on.query("SELECT kind FROM session_events WHERE session_id = $1 ORDER BY id", a.hold.sessionId);
  expect(told).toEqual([{ kind: "added" }, { kind: "assigned" }]);
  // an answer that is told late moves no time back, and a newer one moves it on
  await on.settle([c, { at: early }]);
  expect(await stats()).toMatchObject({ total_success: 2, last_activity: late });
  expect(await on.session(a)).toMatchObject({ sent: 2, last_used_at: late });
  await on.query("UPDATE groups SET last_sent_at = $2 WHERE id = $1", d.groupId, late);
  await claim(world.database, d);
  await on.settle([d, { at: early }]);
  expect((await groups(ours.user.id))[3]).toMatchObject({ sent: 1, last_sent_at: late });
  const next = await on.claimed();
  const [first, second] = [new Date(Date.now() - 5_000), new Date()];
  await on.settle([next.a, { ...OPEN, at: first }]);
  await on.query("UPDATE groups SET last_sent_at = $2 WHERE id = $1", next.a.groupId, first);
  await on.settle([next.a, { at: second }]);
  expect(await groups(next.user.id)).toMatchObject([{ last_sent_at: second }]);
  expect(await on.session(next.a)).toMatchObject({ last_used_at: second });
  expect(await on.query("SELECT last_activity FROM stats WHERE user_id = $1", next.user.id)).toEqual([
    { last_activity: second },
  ]);
});

test("a session that is banned or gone learns nothing, and what it posted counts", async () => {
  const banned = await on.claimed();
  await world.store.transaction((tx) =>
    tx.sessions.ban(banned.a.hold.sessionId, { at: new Date(), cause: "lost", reason: "Gone.", code: "DEAD" }),
  );
  const rest: Learned = { kind: "rest", until: soon(), reason: "asked to pause" };
  await on.settle([banned.a, { code: "FLOOD", learned: rest }]);
  expect(await on.row(banned.a)).toMatchObject({ state: "sent" });
  expect(await on.session(banned.a)).toMatchObject({ resting_until: null, reason: "Gone.", code: "DEAD" });

  const gone = await on.claimed();
  await on.query("DELETE FROM sessions WHERE id = $1", gone.a.hold.sessionId);
  await on.settle([gone.a, { learned: refusal() }]);
  expect(await on.row(gone.a)).toMatchObject({ state: "sent" });
  expect(await on.query("SELECT FROM session_chats WHERE session_id = $1", gone.a.hold.sessionId)).toEqual([]);
});

test("each bot's log gets its own lines, and its event says which; without a line there is none", async () => {
  const [ours, other] = [await on.claimed(1, 2), await on.claimed()];
  await claim(world.database, ours.b);
  const events = async () =>
    on.query(
      `SELECT delivery_ids::text[] AS deliveries, log_ids::text[] AS logs, user_id FROM events WHERE type = 'progress' ORDER BY id DESC LIMIT 2`,
    );
  const log = { level: "info", text: "Posted." } as const;
  await on.settle([ours.a, { log }], [ours.b], [other.a, { log }]);
  const lines = await on.query("SELECT id, user_id FROM bot_log WHERE text = 'Posted.' ORDER BY id");
  expect(lines.map(({ user_id }) => user_id)).toEqual([ours.user.id, other.user.id]);
  const told = await events();
  // an account that rests would be told to its user
  expect(await on.query("SELECT DISTINCT type FROM events WHERE user_id = $1", ours.user.id)).toEqual([
    { type: "progress" },
  ]);
  for (const [{ user, slots }, line] of [
    [ours, lines[0]],
    [other, lines[1]],
  ] as const)
    expect(told).toContainEqual({
      deliveries: slots.map(({ deliveryId }) => deliveryId),
      logs: [line?.id],
      user_id: user.id,
    });
});
