import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { messageLink } from "../src/views/message-link.ts";
import { claim, runningCycle, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test.each([
  ["@shop", -1001234n, 5, "https://t.me/shop/5"],
  ["@shop/7", -1001234n, 5, "https://t.me/shop/5"],
  ["-1001234567890/7", -1001234567890n, 5, "https://t.me/c/1234567890/5"],
  ["+hash_of_invite", -1000001234567n, 5, "https://t.me/c/1234567/5"],
  [null, -1012345678901n, 5, "https://t.me/c/12345678901/5"],
  ["-42", -42n, 5, null],
  ["@shop", -1001234n, null, null],
])("a message in %s is opened by its link", (reference, chatId, messageId, link) => {
  expect(messageLink(reference, chatId, messageId)).toBe(link);
});

test("a bot in mid-cycle, in the contract's shapes", async () => {
  const { user, cycle, slots, groups, sessions } = await runningCycle(world, {
    sessions: 1,
    chats: ["-1001", "-1002", "-1003"],
  });
  const [a, b] = slots as [(typeof slots)[0], (typeof slots)[0]];
  await Promise.all([claim(world.database, a), claim(world.database, b)]);
  world.database.ledger.settle(settlement(a, { messageId: 42 }));
  world.database.ledger.settle(
    settlement(b, {
      state: "failed",
      outcome: "group_refused",
      code: "CHAT_WRITE_FORBIDDEN",
      messageId: null,
      log: { level: "warning", text: "Refused.", code: "CHAT_WRITE_FORBIDDEN", groupId: b.groupId },
    }),
  );
  await world.database.ledger.flush();
  await world.store.transaction((tx) =>
    tx.groups.retire(b.groupId, { reason: "Nobody may write.", code: "CHAT_WRITE_FORBIDDEN" }),
  );

  const { views } = world.database;
  expect(await views.bot(user.id)).toMatchObject({
    status: "running",
    config: { post: { type: "text", content: "hello" }, sessionCount: null },
    sessions: [{ id: sessions[0]?.id, state: "assigned", reason: null }],
    groupCount: 3,
    retiredGroupCount: 1,
    cycle: {
      number: 1,
      state: "running",
      counts: { planned: 1, sending: 0, sent: 1, failed: 1, skipped: 0 },
      endsAt: expect.any(String),
    },
    stats: { totalPosts: 2, totalSuccess: 1, totalFailures: 1, activeSessions: 1, bannedSessions: 0 },
  });
  expect(await views.slots(user.id, cycle.id)).toMatchObject([
    { id: a.deliveryId, state: "sent", messageLink: "https://t.me/group_0/42" },
    { id: b.deliveryId, state: "failed", outcome: "group_refused", code: "CHAT_WRITE_FORBIDDEN", messageLink: null },
    { state: "planned", settledAt: null },
  ]);
  expect(await views.groups(user.id)).toMatchObject([
    { id: groups[0]?.id, title: "Chat -1001", chatId: "-1001", sent: 1, failed: 0, lastSentAt: expect.any(String) },
    { state: "retired", reason: "Nobody may write.", failed: 1, lastSentAt: null },
    { state: "active" },
  ]);
  expect(await views.log(user.id, { before: null, limit: 5 })).toMatchObject([
    { text: "Refused.", code: "CHAT_WRITE_FORBIDDEN", groupId: b.groupId },
  ]);
  const now = new Date();
  expect(await views.today(user, now)).toEqual({
    day: now.toISOString().slice(0, 10),
    hours: [{ hour: now.getUTCHours(), sent: 1, failed: 1, skipped: 0 }],
  });
  expect(await views.users()).toMatchObject([
    { id: user.id, botStatus: "running", sessionCount: 1, groupCount: 3, messagesSent: 1 },
  ]);

  const stranger = await world.user();
  expect(await views.slots(stranger.id, cycle.id)).toEqual([]);
  expect(await views.log(stranger.id, { before: null, limit: 5 })).toEqual([]);
  expect(await views.groups(stranger.id)).toEqual([]);
});

test("the log is read page by page, newest first", async () => {
  const user = await world.user();
  await world.store.transaction(async (tx) => {
    for (const text of ["one", "two", "three"])
      await tx.log({ botId: user.bot.id, userId: user.id, level: "info", text });
  });
  const page = await world.database.views.log(user.id, { before: null, limit: 2 });
  expect(page.map((line) => line.text)).toEqual(["three", "two"]);
  const next = await world.database.views.log(user.id, { before: page[1]?.id ?? null, limit: 2 });
  expect(next.map((line) => line.text)).toEqual(["one"]);
});

test("the cool-down that a start must reckon with is the longest of the bot's chats", async () => {
  const user = await world.user();
  const longest = async () => {
    const { longestCooldown } = await world.database.views.start(user.id);
    expect(await world.store.transaction((tx) => tx.groups.longestCooldown(user.bot.id))).toBe(longestCooldown);
    return longestCooldown;
  };
  expect(await longest()).toBe(0);
  const [group] = await world.store.transaction((tx) => tx.groups.add(user.bot, ["@a"]));
  expect(await longest()).toBe(60);
  await world.chats(["-1009"]);
  await world.store.transaction((tx) => tx.groups.place(group?.id ?? "", { chatId: "-1009", topicId: 0 }));
  await world.sql.query("UPDATE chats SET cooldown = 10");
  expect(await longest()).toBe(10);
});

test("the overview counts the last day and says what waits for an admin", async () => {
  expect(await world.database.views.overview(new Date())).toMatchObject({
    due: 0,
    bots: 0,
    engines: [],
    needsYou: [{ kind: "pool" }, { kind: "api_pair" }],
  });
  const { slots, user } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await world.database.engines.boot("e9");
  await world.store.transaction((tx) =>
    tx.bots.update(user.bot.id, { stopReason: "breaker", stopMessage: "Two accounts died." }),
  );
  const { id } = await world.session();
  await world.store.transaction((tx) =>
    tx.sessions.rest(id, { until: null, needsAdmin: true, reason: "Telegram limited it.", code: "PEER_FLOOD" }),
  );
  await world.sql.query("UPDATE deliveries SET state = 'sent', outcome = 'sent', settled_at = now() WHERE id = $1", [
    slots[0]?.deliveryId,
  ]);
  const overview = await world.database.views.overview(new Date());
  expect(overview).toMatchObject({
    due: 2,
    confirmed: 1,
    pool: { unused: 0, assigned: 1, resting: 1, banned: 0 },
    bots: 1,
    botsRunning: 0,
    engines: [{ id: "e9", runningCycles: 0 }],
  });
  expect(overview.needsYou.map(({ kind, message }) => `${kind} ${message}`)).toEqual([
    "session account: Telegram limited it.",
    `bot ${user.email}: Two accounts died.`,
    expect.stringContaining("pool"),
    expect.stringContaining("api_pair"),
  ]);
  expect(overview.hours).toHaveLength(24);
  expect(overview.hours.at(-1)).toMatchObject({ sent: 1, failed: 0 });
});

test("an account that a bot lost waits for an admin for a day, and one that is being tried does not", async () => {
  const [user, session, untouched] = [await world.user(), await world.session(), await world.session()];
  const at = new Date();
  const death = { at, cause: "lost", reason: "this session is signed out", code: "AUTH_KEY_UNREGISTERED" } as const;
  await world.store.transaction((tx) => tx.sessions.ban(untouched.id, death));
  await world.store.transaction((tx) => tx.sessions.takeUnused(user.id, 1, at));
  await world.store.transaction((tx) => tx.sessions.ban(session.id, death));
  const tried = { id: randomUUID(), label: "new", fileName: "new", fingerprint: "f" };
  await world.store.transaction((tx) =>
    tx.sessions.add({ ...tried, reason: "it is being tried", code: "BEING_CHECKED" }),
  );
  const needs = async (now: Date) =>
    (await world.database.views.overview(now)).needsYou
      .filter(({ kind }) => kind === "session")
      .map(({ id, message }) => [id, message]);
  const lost = [session.id, "account was lost: this session is signed out"];
  const fence = await world.database.leases.acquire(tried.id, "e1", 60_000);
  expect(await needs(at)).toEqual([lost]);
  await world.database.leases.release("e1", tried.id, fence ?? 0n);
  expect(await needs(at)).toEqual([[tried.id, "new: it is being tried"], lost]);
  expect(await needs(new Date(at.getTime() + 86_400_000))).toHaveLength(1);
});

test("the chats that an admin sees are those that somebody posts to, or that have a rule of their own", async () => {
  const user = await world.user();
  await world.chats(["-1001", "-1002", "-1003", "-1004"]);
  const [group] = await world.store.transaction((tx) => tx.groups.add(user.bot, ["@a"]));
  await world.store.transaction((tx) => tx.groups.place(group?.id ?? "", { chatId: "-1001", topicId: 0 }));
  await world.sql.query("UPDATE chats SET cooldown = 10 WHERE id = -1002");
  await world.sql.query("INSERT INTO opt_outs (id, chat_id, by_kind, by_name) VALUES ($1, -1003, 'system', 'test')", [
    randomUUID(),
  ]);
  const { chats } = await world.database.views.chats();
  expect(chats.map(({ id }) => id).sort()).toEqual(["-1001", "-1002", "-1003"]);
});

test("what happened to accounts is pruned by age, and kept for longer than the log", async () => {
  const { id } = await world.session();
  const age = (days: number) => world.sql.query("UPDATE session_events SET at = now() - $1 * interval '1 day'", [days]);
  const pruned = async (olderThanDays: number) =>
    (await world.database.prune({ olderThanDays, signal: new AbortController().signal })).sessionEvents;
  await age(80);
  expect(await pruned(30)).toBe(0);
  await age(100);
  expect([await pruned(120), await pruned(30), await pruned(30)]).toEqual([0, 1, 0]);
  expect(await world.store.transaction((tx) => tx.sessions.find(id))).not.toBeNull();
});

test("a bot that a fault of ours keeps from posting waits for an admin, until the fault is over", async () => {
  const { user } = await runningCycle(world, { chats: ["-1001"] });
  const now = new Date();
  const needs = async (at: Date) =>
    (await world.database.views.overview(at)).needsYou.filter(({ kind }) => kind === "bot");
  expect(await needs(now)).toEqual([]);
  await world.store.transaction((tx) => tx.bots.update(user.bot.id, { faults: 3, retryAt: now }));
  expect(await needs(now)).toEqual([
    {
      kind: "bot",
      id: user.id,
      message: expect.stringMatching(`^${user.email}: a fault of Herald's own .*3 in a row`),
    },
  ]);
  const later = await needs(new Date(now.getTime() + 10 * 60_000));
  expect(later.filter(({ message }) => message.includes("fault"))).toEqual([]);
});

test("old log lines and events are pruned, counters stay, and cycles with deliveries too", async () => {
  const { slots, user, cycle } = await runningCycle(world, { chats: ["-1001", "-1002"] });
  await Promise.all(slots.map((slot) => claim(world.database, slot)));
  for (const slot of slots) world.database.ledger.settle(settlement(slot, { log: { level: "info", text: "Posted." } }));
  await world.database.ledger.flush();
  await world.store.transaction((tx) => tx.cycles.release(cycle.id, cycle.epoch, "finished", new Date()));
  await world.sql.query(
    "UPDATE cycles SET ended_at = now() - interval '40 days'; UPDATE bot_log SET at = now() - interval '40 days'; UPDATE events SET at = now() - interval '40 days'",
  );
  const events = (await world.sql.query("SELECT FROM events")).rowCount;
  const prune = () => world.database.prune({ olderThanDays: 30, signal: new AbortController().signal });
  expect(await prune()).toEqual({ months: 0, cycles: 0, logs: 2, events, sessionEvents: 0 });
  expect(await prune()).toEqual({ months: 0, cycles: 0, logs: 0, events: 0, sessionEvents: 0 });
  expect(await world.database.views.bot(user.id)).toMatchObject({
    stats: { totalPosts: 2, totalSuccess: 2 },
    cycle: { counts: { sent: 2 } },
  });
  expect(await world.database.views.slots(user.id, cycle.id)).toHaveLength(2);
});
