import type { Learned, ResolvedChat } from "@herald/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claim, runningCycle, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld({ defaultCooldown: 0 });
});
afterAll(() => world.close());

const MINUTE = 60_000;
const fromNow = (ms: number) => new Date(Date.now() + ms);
let chats = 0;
const newChat = () => `-100${5_000_000_000 + ++chats}`;

const found = (chatId: string, more: Partial<ResolvedChat> = {}): ResolvedChat => ({
  peer: { type: "channel", id: chatId.slice(4), accessHash: "-9" },
  chatId,
  title: "A chat",
  kind: "supergroup",
  username: null,
  forum: false,
  membership: "member",
  migratedFrom: null,
  ...more,
});

/** A running cycle of one session and one chat, of which something was learned. */
async function learned(what: Learned, outcome: "slow_mode" | "group_refused" | "flood_wait" = "group_refused") {
  const chatId = newChat();
  const cycle = await runningCycle(world, { chats: [chatId] });
  const [slot] = cycle.slots;
  const [group] = cycle.groups;
  if (slot === undefined || group === undefined) throw new Error("a cycle without a slot");
  expect(await claim(world.database, slot)).toEqual({ kind: "go" });
  const state = outcome === "group_refused" ? "failed" : "planned";
  world.database.ledger.settle(settlement(slot, { state, outcome, code: "SAID_SO", messageId: null, learned: what }));
  await world.database.ledger.flush();
  return { ...cycle, slot, group, chatId, sessionId: slot.hold.sessionId };
}

const refusals = (userId: string, sessionId: string, content = "hello") =>
  world.store.transaction((tx) => tx.sessionChats.refusals(userId, [sessionId], { type: "text", content }, new Date()));

test("a wait is the session's in that chat: it outlives the group and the tenant", async () => {
  const until = fromNow(MINUTE);
  const { user, group, slot, chatId, sessionId } = await learned({ kind: "wait", until }, "slow_mode");
  expect(await claim(world.database, slot)).toEqual({ kind: "wait", why: "slow_mode", until });

  // removed and added again
  await world.store.transaction(async (tx) => {
    await tx.groups.remove(user.bot.id, [group.id]);
    await tx.cycles.close(slot.hold.cycleId, "bot_changed", new Date());
  });
  const again = await runningCycleOf(user, sessionId, chatId);
  expect(await claim(world.database, again)).toEqual({ kind: "wait", why: "slow_mode", until });

  // another tenant's
  const other = await world.user();
  await world.store.transaction((tx) => tx.sessions.release(sessionId));
  await world.sql.query("UPDATE sessions SET place = 'assigned', user_id = $2 WHERE id = $1", [sessionId, other.id]);
  const elsewhere = await runningCycleOf(other, sessionId, chatId);
  expect(await claim(world.database, elsewhere)).toEqual({ kind: "wait", why: "slow_mode", until });
});

/** A cycle of this user with one delivery by that session to that chat. */
async function runningCycleOf(
  { id: userId, bot }: { id: string; bot: { id: string; userId: string } },
  sessionId: string,
  chatId: string,
) {
  const post = { type: "text", content: "hello" } as const;
  const made = await world.store.transaction(async (tx) => {
    const [group] = await tx.groups.add(bot, [`@again_${++chats}`]);
    await tx.groups.place(group?.id ?? "", { chatId, topicId: 0 });
    await tx.bots.update(bot.id, { post, status: "running", stopReason: null });
    const cycle = await tx.cycles.create({
      botId: bot.id,
      userId,
      executionMode: "enterprise",
      postId: null,
      post,
      delayBetweenPosts: 0,
      totalCycleMinutes: null,
      startedAt: new Date(),
      slots: [{ sessionId, groupId: group?.id ?? "", plannedAt: new Date(), randomId: BigInt(++chats) }],
    });
    const taken = await tx.cycles.take(cycle.id, "e1");
    const [delivery] = await tx.cycles.openDeliveries(cycle.id);
    return { epoch: taken?.epoch ?? 0, cycleId: cycle.id, deliveryId: delivery?.id ?? "", groupId: group?.id ?? "" };
  });
  const fence = (await world.database.leases.acquire(sessionId, "e1", 600_000)) ?? 0n;
  const { deliveryId, groupId, cycleId, epoch } = made;
  return { hold: { cycleId, epoch, sessionId, fence }, deliveryId, groupId, chatId, topicId: 0 };
}

test("a shorter wait does not shorten a longer one", async () => {
  const until = fromNow(MINUTE);
  const { slot } = await learned({ kind: "wait", until }, "slow_mode");
  const waits = settlement(slot, { state: "planned", outcome: "slow_mode", code: "X", messageId: null });
  world.database.ledger.settle({ ...waits, learned: { kind: "wait", until: fromNow(1000) } });
  await world.database.ledger.flush();
  expect(await claim(world.database, slot)).toEqual({ kind: "wait", why: "slow_mode", until });
});

test("a refusal for good stands until it is reopened, by its code or by the group", async () => {
  const refusal = { kind: "refusal", reason: "no", topicId: 0, until: null, ofThisPost: false } as const;
  const { user, group, sessionId } = await learned(refusal);
  const since = fromNow(-1000);
  expect(await refusals(user.id, sessionId)).toEqual([{ sessionId, groupId: group.id, until: null, lasting: true }]);
  await world.store.transaction(async (tx) => {
    expect(await tx.sessionChats.countRefusing(sessionId, "SAID_SO", since)).toBe(1);
    expect(await tx.sessionChats.countRefusing(sessionId, "ELSE", since)).toBe(0);
    await tx.sessionChats.reopen(sessionId, "ELSE");
  });
  expect(await refusals(user.id, sessionId)).toHaveLength(1);
  await world.store.transaction((tx) => tx.sessionChats.reopen(sessionId, "SAID_SO"));
  expect(await refusals(user.id, sessionId)).toEqual([]);
});

test("a group that is reactivated is tried again, and its waits are kept", async () => {
  const { user, group, slot, sessionId, chatId } = await learned({
    kind: "refusal",
    reason: "no",
    topicId: 0,
    until: null,
    ofThisPost: false,
  });
  const until = fromNow(MINUTE);
  await world.sql.query("UPDATE session_chats SET wait_until = $2 WHERE session_id = $1", [sessionId, until]);
  await world.store.transaction(async (tx) => {
    await tx.groups.retire(group.id, { reason: "no", code: "SAID_SO" });
    expect(await tx.groups.reactivate(user.bot.id, [group.id])).toBe(1);
    await tx.groups.place(group.id, { chatId, topicId: 0 });
    await tx.cycles.close(slot.hold.cycleId, "bot_changed", new Date());
  });
  expect(await refusals(user.id, sessionId)).toEqual([]);
  await world.store.transaction((tx) => tx.groups.remove(user.bot.id, [group.id]));
  expect(await claim(world.database, await runningCycleOf(user, sessionId, chatId))).toMatchObject({ kind: "wait" });
});

test("a group that no account of the bot finds says why, and when it is asked again", async () => {
  const until = fromNow(MINUTE);
  const { user, groups, slots } = await runningCycle(world, { sessions: 2, chats: [newChat()] });
  for (const [table, id] of [
    ["groups", "id"],
    ["deliveries", "group_id"],
  ])
    await world.sql.query(`UPDATE ${table} SET chat_id = NULL WHERE ${id} = $1`, [groups[0]?.id]);
  const reason = async () => {
    const [group] = await world.database.views.groups(user.id);
    return [group?.reason, group?.askedAgainAt];
  };
  expect(slots).toHaveLength(2);
  for (const slot of slots) {
    expect(await reason()).toEqual([null, null]);
    const learned = { kind: "refusal", reason: "not a member", topicId: 0, until, ofThisPost: false } as const;
    const answer = {
      state: "failed",
      outcome: "group_refused",
      code: "NOT_A_MEMBER",
      messageId: null,
      learned,
    } as const;
    // nothing is claimed where no account knows the way
    world.database.ledger.settle(settlement(slot, answer));
    await world.database.ledger.flush();
  }
  expect(await reason()).toEqual(["not a member", until.toISOString()]);
});

test("a refusal with an end is asked again then, and one of a post with the next post", async () => {
  const until = fromNow(MINUTE);
  const ends = await learned({ kind: "refusal", reason: "muted", topicId: 0, until, ofThisPost: false });
  expect(await refusals(ends.user.id, ends.sessionId)).toEqual([
    { sessionId: ends.sessionId, groupId: ends.group.id, until, lasting: false },
  ]);
  await world.sql.query("UPDATE session_chats SET ask_again_at = now() WHERE session_id = $1", [ends.sessionId]);
  expect(await refusals(ends.user.id, ends.sessionId)).toEqual([]);

  const ofPost = await learned({ kind: "refusal", reason: "no photos", topicId: 0, until: null, ofThisPost: true });
  expect(await refusals(ofPost.user.id, ofPost.sessionId)).toMatchObject([{ until: null, lasting: false }]);
  expect(await refusals(ofPost.user.id, ofPost.sessionId, "another post")).toEqual([]);
});

test("a claim asks the same refusals: they hold what was planned before", async () => {
  for (const [what, kind] of [
    [{ until: null, ofThisPost: false }, "skip"],
    [{ until: fromNow(MINUTE), ofThisPost: false }, "skip"],
    [{ until: fromNow(-1000), ofThisPost: false }, "go"],
    [{ until: null, ofThisPost: true }, "skip"],
  ] as const) {
    const { user, group, slot, sessionId, chatId } = await learned({
      kind: "refusal",
      reason: "no",
      topicId: 0,
      ...what,
    });
    await world.store.transaction(async (tx) => {
      await tx.cycles.close(slot.hold.cycleId, "bot_changed", new Date());
      await tx.groups.remove(user.bot.id, [group.id]);
    });
    expect(await claim(world.database, await runningCycleOf(user, sessionId, chatId))).toMatchObject({ kind });
  }
});

test("a refusal of a topic leaves the chat's other topics alone", async () => {
  const { user, sessionId, chatId, group } = await learned({
    kind: "refusal",
    reason: "closed",
    topicId: 5,
    until: null,
    ofThisPost: false,
  });
  expect(await refusals(user.id, sessionId)).toEqual([]);
  const topic = await world.store.transaction(async (tx) => {
    await tx.groups.remove(user.bot.id, [group.id]);
    const [other] = await tx.groups.add(user.bot, ["@of_a_topic/5"]);
    await tx.groups.place(other?.id ?? "", { chatId, topicId: 5 });
    return other?.id ?? "";
  });
  expect(await refusals(user.id, sessionId)).toMatchObject([{ groupId: topic }]);
});

test("a flood wait rests the session beside its delivery, and tells its user and the admins", async () => {
  const events = await world.sql.query("SELECT coalesce(max(id), 0) AS id FROM events");
  const until = fromNow(MINUTE);
  const { user, slot, sessionId } = await learned({ kind: "rest", until, reason: "asked to pause" }, "flood_wait");
  expect(await world.store.transaction((tx) => tx.sessions.find(sessionId))).toMatchObject({
    restingUntil: until,
    reason: "asked to pause",
    code: "SAID_SO",
  });
  expect(await claim(world.database, slot)).toMatchObject({ kind: "wait", why: "session_resting" });
  const { rows } = await world.sql.query("SELECT type, user_id FROM events WHERE id > $1 AND type <> 'progress'", [
    events.rows[0].id,
  ]);
  expect(rows).toEqual(
    expect.arrayContaining([
      { type: "bot", user_id: user.id },
      { type: "pool", user_id: null },
    ]),
  );
  const told = await world.sql.query("SELECT kind, code, until FROM session_events WHERE session_id = $1 ORDER BY id", [
    sessionId,
  ]);
  expect(told.rows).toEqual([
    { kind: "added", code: null, until: null },
    { kind: "assigned", code: null, until: null },
    { kind: "waited", code: "SAID_SO", until },
  ]);
});

test("look-ups wait by themselves: posts go on", async () => {
  const until = fromNow(MINUTE);
  const { slot, sessionId } = await learned({ kind: "lookups", until }, "flood_wait");
  expect(await world.store.transaction((tx) => tx.sessions.find(sessionId))).toMatchObject({
    restingUntil: null,
    lookupsWaitUntil: until,
  });
  expect(await claim(world.database, slot)).toEqual({ kind: "go" });
});

test("a random_id that is another message's is drawn anew", async () => {
  const { slots } = await runningCycle(world, { chats: [newChat()] });
  const [slot] = slots;
  if (slot === undefined) throw new Error("a cycle without a slot");
  await claim(world.database, slot);
  world.database.ledger.settle(
    settlement(slot, { state: "planned", outcome: null, code: "RANDOM_ID_DUPLICATE", messageId: null, randomId: -77n }),
  );
  await world.database.ledger.flush();
  const { rows } = await world.sql.query("SELECT random_id::text, state FROM deliveries WHERE id = $1", [
    slot.deliveryId,
  ]);
  expect(rows).toEqual([{ random_id: "-77", state: "planned" }]);
});

test("what one look-up found, every group of the session's has: also one that is added again", async () => {
  const user = await world.user();
  const { id: sessionId } = await world.session();
  const chatId = newChat();
  const target = async (reference: string) =>
    world.store.transaction(async (tx) => {
      const [group] = await tx.groups.add(user.bot, [reference]);
      const targets = await tx.sessionChats.targets(sessionId, [group?.id ?? ""]);
      await tx.groups.remove(user.bot.id, [group?.id ?? ""]);
      return targets.get(group?.id ?? "");
    });
  expect(await target("@a_name")).toMatchObject({ chatId: null, topicId: 0, placed: false, peer: null });
  await world.store.transaction((tx) => tx.sessionChats.found(sessionId, "@a_name", found(chatId)));
  const peer = { type: "channel", id: chatId.slice(4), accessHash: "-9" };
  expect(await target("@a_name")).toMatchObject({ chatId, topicId: 0, placed: false, peer });
  // the number behind it is a message where the chat has no topics
  expect(await target("@a_name/5")).toMatchObject({ chatId, topicId: 0, peer });
  await world.store.transaction((tx) => tx.sessionChats.found(sessionId, "@a_name", found(chatId, { forum: true })));
  expect(await target("@a_name/5")).toMatchObject({ chatId, topicId: 5, peer });
  expect(await world.store.transaction((tx) => tx.sessionChats.peer(sessionId, "@a_name"))).toEqual(peer);

  const membership = async () =>
    (await world.sql.query("SELECT membership FROM session_chats WHERE session_id = $1", [sessionId])).rows;
  expect(await membership()).toEqual([{ membership: "member" }]);
  const left = found(chatId, { membership: "left" });
  await world.store.transaction((tx) => tx.sessionChats.found(sessionId, "@a_name", left));
  expect(await membership()).toEqual([{ membership: "left" }]);

  await world.store.transaction((tx) => tx.sessionChats.forget(sessionId, "@a_name"));
  expect(await target("@a_name")).toMatchObject({ chatId: null, peer: null });
  expect(await world.store.transaction((tx) => tx.sessionChats.peer(sessionId, "@a_name"))).toBeNull();
});

test("two groups that lead to one place: the second is told, and comes back when the first goes", async () => {
  const user = await world.user();
  const chatId = newChat();
  await world.chats([chatId]);
  await world.store.transaction(async (tx) => {
    const [first, second, topic] = await tx.groups.add(user.bot, ["@same", "+samesamesame", "@same/7"]);
    expect(await tx.groups.place(first?.id ?? "", { chatId, topicId: 0 })).toBeNull();
    expect(await tx.groups.place(topic?.id ?? "", { chatId, topicId: 7 })).toBeNull();
    expect(await tx.groups.place(second?.id ?? "", { chatId, topicId: 0 })).toBe("@same");
    await tx.groups.retire(second?.id ?? "", { reason: "the same", code: "SAME_CHAT_TWICE" });
    await tx.groups.remove(user.bot.id, [first?.id ?? ""]);
    expect((await tx.groups.list(user.bot.id)).map((group) => group.state)).toEqual(["active", "active"]);
  });
});

test("a chat that became a supergroup keeps its opt-out, its cool-down and its groups", async () => {
  const old = "-77001";
  const chatId = newChat();
  const by = { kind: "system", name: "test" } as const;
  const { slots, user, groups } = await runningCycle(world, { chats: [old] });
  const [slot] = slots;
  if (slot === undefined) throw new Error("a cycle without a slot");
  await world.sql.query("UPDATE chats SET cooldown = 33 WHERE id = $1", [old]);
  await world.store.transaction((tx) => tx.chats.optOut(old, by, "they wrote"));
  await world.store.transaction((tx) =>
    tx.sessionChats.found(slot.hold.sessionId, "@moved", found(chatId, { migratedFrom: old })),
  );
  const now = () => world.store.transaction((tx) => tx.chats.lock(old));
  expect(await now()).toMatchObject({ id: chatId, cooldownSeconds: 33, optedOut: true });
  expect(await world.store.transaction((tx) => tx.groups.list(user.bot.id))).toMatchObject([
    { id: groups[0]?.id, chatId },
  ]);
  // a lane that still knows the old id
  expect(await claim(world.database, slot)).toEqual({ kind: "skip", why: "opted_out" });
  await world.store.transaction((tx) => tx.chats.revokeOptOut(chatId, by, new Date()));
  expect(await now()).toMatchObject({ optedOut: false });
});

test("an opt-out that waits for a migration holds where the chat went", async () => {
  const old = "-77002";
  const chatId = newChat();
  const by = { kind: "system", name: "test" } as const;
  await world.chats([old]);
  let asked: Promise<void> | undefined;
  await world.store.transaction(async (tx) => {
    const { id: sessionId } = await world.session();
    await tx.sessionChats.found(sessionId, "@gone", found(chatId, { migratedFrom: old }));
    asked = world.store.transaction(async (other) => {
      const chat = await other.chats.lock(old);
      await other.chats.optOut(chat.id, by, null);
    });
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
      AND query LIKE '%chats%'`;
    while ((await world.sql.query(waits)).rowCount === 0);
  });
  await asked;
  const { rows } = await world.sql.query("SELECT opted_out FROM chats WHERE id = $1", [chatId]);
  expect(rows).toEqual([{ opted_out: true }]);
  expect((await world.database.views.chats()).chats.filter(({ optedOut }) => optedOut)).toMatchObject([{ id: chatId }]);
});

test("a wait follows its chat to the supergroup that it became, and shortens none that is there", async () => {
  const until = fromNow(MINUTE);
  const { slot, chatId, sessionId } = await learned({ kind: "wait", until }, "slow_mode");
  const [grown, longer] = [newChat(), fromNow(2 * MINUTE)];
  const migrated = found(grown, { migratedFrom: chatId });
  await world.store.transaction((tx) => tx.sessionChats.found(sessionId, "@grown", migrated));
  expect(await claim(world.database, { ...slot, chatId: grown })).toEqual({ kind: "wait", why: "slow_mode", until });

  const other = await learned({ kind: "wait", until }, "slow_mode");
  const second = newChat();
  await world.store.transaction((tx) => tx.sessionChats.found(other.sessionId, "@second", found(second)));
  await world.sql.query("UPDATE session_chats SET wait_until = $1 WHERE chat_id = $2", [longer, second]);
  const late = found(second, { migratedFrom: other.chatId });
  await world.store.transaction((tx) => tx.sessionChats.found(other.sessionId, "@second", late));
  expect(await claim(world.database, other.slot)).toEqual({ kind: "wait", why: "slow_mode", until: longer });
});
