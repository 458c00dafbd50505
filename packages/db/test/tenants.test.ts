import { afterAll, beforeAll, expect, test } from "vitest";
import { createPrisma } from "../src/prisma.ts";
import { slotsOf } from "../src/views/dto.ts";
import { newChat, tenants } from "./tenants.ts";
import { openWorld } from "./world.ts";

// Of two tenants who have the same of everything each sees what is theirs alone.

let world: Awaited<ReturnType<typeof openWorld>>;
let of: ReturnType<typeof tenants>;
beforeAll(async () => {
  world = await openWorld({ defaultCooldown: 0 });
  of = tenants(world);
});
afterAll(() => world.close());

const by = { kind: "system", name: "test" } as const;

test("a user sees their own bot, groups, slots, log and day, and nobody else's", async () => {
  const [one, other] = await of.twoTenants();
  const { views } = world.database;
  await world.store.transaction(async (tx) => {
    await tx.groups.retire(other.groups[0]?.id ?? "", { reason: "no", code: "NO" });
    await tx.sessions.ban(other.sessions[0]?.id ?? "", { at: new Date(), cause: "spam", reason: "Gone.", code: "X" });
  });
  // the newest of all cycles is theirs
  await of.query("UPDATE cycles SET number = 9 WHERE id = $1", other.cycle.id);
  const ids = (rows: ReadonlyArray<{ id: string }>) => rows.map(({ id }) => id).sort();
  const bot = await views.bot(one.user.id);
  expect(ids(bot.sessions)).toEqual(ids(one.sessions));
  expect(bot).toMatchObject({
    groupCount: 2,
    retiredGroupCount: 0,
    cycle: { id: one.cycle.id, counts: { planned: 1, sending: 1, sent: 1, failed: 1 } },
    stats: { totalPosts: 2, activeSessions: 2, bannedSessions: 0 },
  });
  expect(await views.bot(other.user.id)).toMatchObject({
    retiredGroupCount: 1,
    stats: { activeSessions: 1, bannedSessions: 1 },
    sessions: [{ id: other.sessions[1]?.id }, { id: other.sessions[0]?.id, state: "banned" }],
  });
  expect(ids(await views.groups(one.user.id))).toEqual(ids(one.groups));
  expect((await views.slots(one.user.id, one.cycle.id)).map(({ id }) => id).sort()).toEqual(
    one.slots.map(({ deliveryId }) => deliveryId).sort(),
  );
  const prisma = createPrisma(world.sql);
  expect(await slotsOf(prisma, one.user.id, { id: { in: [BigInt(other.sent.deliveryId)] } })).toEqual([]);
  expect(await slotsOf(prisma, one.user.id, { id: { in: [BigInt(one.sent.deliveryId)] } })).toHaveLength(1);
  const log = { before: null, limit: 100 };
  expect((await views.log(one.user.id, log)).map(({ text }) => text)).toEqual([`sent for ${one.user.id}`]);
  const { hours } = await views.today({ id: one.user.id, timeZone: "UTC" }, new Date());
  expect(hours.map(({ sent, failed, skipped }) => [sent, failed, skipped])).toEqual([[1, 1, 0]]);
});

test("what stands between a user's accounts and groups is told to that user", async () => {
  const [one, other] = await of.twoTenants();
  const refuse = (sessionId: string, chatId: string, reason = "no") =>
    of.query(
      `INSERT INTO session_chats (session_id, chat_id, refused_at, refused_code, refused_reason) VALUES ($1, $2, now(), 'NO', $3)`,
      sessionId,
      chatId,
      reason,
    );
  const [, theirs] = other.sessions;
  const [mine, second] = one.sessions;
  const { chatId } = one.sent;
  for (const { id } of other.sessions) await refuse(id, chatId);
  const reasons = async () => (await world.database.views.groups(one.user.id)).map(({ reason }) => reason);
  const refused = (userId: string, ids: string[]) =>
    world.store.transaction((tx) =>
      tx.sessionChats.refusals(userId, ids, { type: "text", content: "hello" }, new Date()),
    );
  expect(await reasons()).toEqual([null, null]);
  expect(
    await refused(
      one.user.id,
      one.sessions.map(({ id }) => id),
    ),
  ).toEqual([]);
  // one of two accounts: the other still posts there
  await refuse(mine?.id ?? "", chatId, "mine");
  expect(await reasons()).toEqual([null, null]);
  const own = { sessionId: mine?.id, groupId: one.groups[0]?.id, until: null, lasting: true };
  expect(await refused(one.user.id, [mine?.id ?? "", second?.id ?? ""])).toEqual([own]);
  expect(await refused(one.user.id, [second?.id ?? ""])).toEqual([]);
  // an account that changed hands meanwhile is asked for with the groups of who asks
  expect(await refused(other.user.id, [theirs?.id ?? ""])).toMatchObject([{ groupId: other.groups[0]?.id }]);
  await refuse(second?.id ?? "", chatId, "second");
  expect((await reasons())[0]).toMatch(/mine|second/);
  await world.store.transaction((tx) => tx.groups.retire(one.groups[0]?.id ?? "", { reason: "retired", code: "NO" }));
  expect(await reasons()).toEqual(["retired", null]);
  expect(
    await refused(
      one.user.id,
      one.sessions.map(({ id }) => id),
    ),
  ).toEqual([]);
});

test("a post that is refused in a group is told of the bot that says it", async () => {
  const [one, other] = await of.twoTenants();
  await of.query("UPDATE posts SET content = 'something else' WHERE bot_id = $1", one.user.bot.id);
  for (const { sessions, sent } of [one, other])
    for (const { id } of sessions)
      await of.query(
        `INSERT INTO session_chats (session_id, chat_id, refused_at, refused_code, refused_reason, refused_post)
         VALUES ($1, $2, now(), 'NO', 'no such post', herald_post_digest('text', 'hello'))`,
        id,
        sent.chatId,
      );
  const reasons = async (userId: string) => (await world.database.views.groups(userId)).map(({ reason }) => reason);
  expect([await reasons(one.user.id), await reasons(other.user.id)]).toEqual([
    [null, null],
    ["no such post", null],
  ]);
});

test("of a reference that leads nowhere, too, only the user's own accounts and groups count", async () => {
  const [one, other] = await of.twoTenants();
  await of.query("UPDATE groups SET chat_id = NULL WHERE user_id = ANY($1)", [one.user.id, other.user.id]);
  const [until, over] = [new Date(Date.now() + 60_000), new Date(Date.now() - 1)];
  const lost = (sessionId: string, reference: string, at: Date | null) =>
    of.query(
      `INSERT INTO session_references (session_id, reference, refused_at, refused_code, refused_reason, ask_again_at)
       VALUES ($1, $2, now(), 'NOBODY', 'nobody there', $3)`,
      sessionId,
      reference,
      at,
    );
  for (const { id } of other.sessions) await lost(id, "@group_0", null);
  const all = one.sessions.map(({ id }) => id);
  const refused = (ids = all) =>
    world.store.transaction((tx) =>
      tx.sessionChats.refusals(one.user.id, ids, { type: "text", content: "hello" }, new Date()),
    );
  const reasons = async () => (await world.database.views.groups(one.user.id)).map(({ reason }) => reason);
  expect([await refused(), await reasons()]).toEqual([[], [null, null]]);
  await lost(all[0] ?? "", "@group_0", until);
  await lost(all[0] ?? "", "@group_1", over);
  await lost(all[1] ?? "", "@group_1", over);
  const groupId = one.groups[0]?.id;
  expect(await refused()).toEqual([{ sessionId: all[0], groupId, until, lasting: false }]);
  expect(await refused([all[1] ?? ""])).toEqual([]);
  expect(await reasons()).toEqual([null, null]);
  await lost(all[1] ?? "", "@group_0", null);
  expect(await reasons()).toEqual(["nobody there", null]);
  expect((await refused()).find(({ sessionId }) => sessionId === all[1])).toMatchObject({ until: null, lasting: true });
  // once it is found, what was answered to the reference says nothing
  await of.query("UPDATE groups SET chat_id = $2 WHERE id = $1", groupId, one.sent.chatId);
  expect([await refused(), await reasons()]).toEqual([[], [null, null]]);
  await of.query("UPDATE groups SET chat_id = NULL WHERE id = $1", groupId);
  await world.store.transaction((tx) => tx.groups.retire(groupId ?? "", { reason: "retired", code: "NO" }));
  expect(await refused()).toEqual([]);
});

test("what a start reckons with is the user's own", async () => {
  const [one, other] = await of.twoTenants();
  const apart = newChat();
  await world.chats([apart]);
  await of.query("UPDATE chats SET cooldown = 30 WHERE id = $1", one.sent.chatId);
  await of.query("UPDATE chats SET cooldown = 99 WHERE id = $1", apart);
  await of.query("UPDATE groups SET chat_id = $2 WHERE id = $1", other.groups[1]?.id, apart);
  const { own } = await world.database.views.bot(one.user.id);
  const { longestCooldown } = await world.database.views.start(one.user.id);
  expect([own.length, longestCooldown]).toEqual([2, 30]);
  const longest = (botId: string) => world.store.transaction((tx) => tx.groups.longestCooldown(botId));
  expect([await longest(one.user.bot.id), await longest(other.user.bot.id)]).toEqual([30, 99]);
  await world.store.transaction((tx) => tx.groups.retire(other.groups[1]?.id ?? "", { reason: "no", code: "NO" }));
  expect(await longest(other.user.bot.id)).toBe(30);
});

test("a chat's users are counted once each, and its opt-out is no tenant's", async () => {
  const [one, other] = await of.twoTenants();
  await world.store.transaction((tx) => tx.chats.optOut(one.sent.chatId, by, null));
  const { chats } = await world.database.views.chats();
  expect(chats.find(({ id }) => id === one.sent.chatId)).toMatchObject({ users: 2, optedOut: true });
  expect(chats.find(({ id }) => id === other.failed.chatId)).toMatchObject({ users: 2, optedOut: false });
});
