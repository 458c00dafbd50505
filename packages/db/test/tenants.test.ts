import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createPrisma } from "../src/prisma.ts";
import { slotsOf } from "../src/views/dto.ts";
import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

// Two tenants who have the same of everything, in the same chats: what one sees and changes is theirs alone.

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld({ defaultCooldown: 0 });
});
afterAll(() => world.close());

const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
let last = 0;
const by = { kind: "system", name: "test" } as const;

type Tenant = Awaited<ReturnType<typeof runningCycle>> & Record<"sent" | "failed" | "open" | "planned", Slot>;

/** A tenant with two accounts and two groups, of whose four posts one was sent, one failed, one may stand there. */
async function tenant(chats: string[]): Promise<Tenant> {
  const made = await runningCycle(world, { sessions: 2, chats });
  const [sent, failed, open, planned] = made.slots as [Slot, Slot, Slot, Slot];
  for (const slot of [sent, failed, open]) await claim(world.database, slot);
  const { ledger } = world.database;
  ledger.settle(settlement(sent, { log: { level: "info", text: `sent for ${made.user.id}` } }));
  ledger.settle(settlement(failed, { state: "failed", outcome: "group_refused", code: "NO", messageId: null }));
  await ledger.flush();
  return { ...made, sent, failed, open, planned };
}

async function twoTenants() {
  const chats = [`-100${9_000_000_000 + ++last}`, `-100${9_000_000_000 + ++last}`];
  return [await tenant(chats), await tenant(chats)] as const;
}

/** Everything that is the tenant's, as it stands in the tables. */
async function rowsOf({ user, cycle, sessions }: Tenant) {
  const all: Record<string, unknown> = {};
  for (const table of ["bots", "groups", "cycles", "deliveries", "stats", "bot_log", "api_keys", "sessions"])
    all[table] = await query(`SELECT * FROM ${table} WHERE user_id = $1 ORDER BY 1`, user.id);
  const ids = sessions.map(({ id }) => id);
  all.posts = await query("SELECT * FROM posts WHERE bot_id = $1", user.bot.id);
  all.facts = await query("SELECT * FROM session_chats WHERE session_id = ANY($1) ORDER BY 1, 2, 3", ids);
  all.nowhere = await query("SELECT * FROM session_references WHERE session_id = ANY($1) ORDER BY 1, 2", ids);
  return { ...all, cycle: cycle.id };
}

test("a user sees their own bot, groups, slots, log and day, and nobody else's", async () => {
  const [one, other] = await twoTenants();
  const { views } = world.database;
  await world.store.transaction(async (tx) => {
    await tx.groups.retire(other.groups[0]?.id ?? "", { reason: "no", code: "NO" });
    await tx.sessions.ban(other.sessions[0]?.id ?? "", { at: new Date(), cause: "spam", reason: "Gone.", code: "X" });
  });
  // the newest of all cycles is theirs
  await query("UPDATE cycles SET number = 9 WHERE id = $1", other.cycle.id);
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
  expect((await views.slots(one.user.id)).map(({ id }) => id).sort()).toEqual(
    one.slots.map(({ deliveryId }) => deliveryId).sort(),
  );
  const prisma = createPrisma(world.sql);
  expect(await slotsOf(prisma, one.user.id, { id: { in: [BigInt(other.sent.deliveryId)] } })).toEqual([]);
  expect(await slotsOf(prisma, one.user.id, { id: { in: [BigInt(one.sent.deliveryId)] } })).toHaveLength(1);
  const log = { before: null, limit: 100 };
  expect((await views.log(one.user.id, log)).map(({ text }) => text)).toEqual([`sent for ${one.user.id}`]);
  const { hours } = await views.today(one.user.id, new Date());
  expect(hours.map(({ sent, failed, skipped }) => [sent, failed, skipped])).toEqual([[1, 1, 0]]);
});

test("what stands between a user's accounts and groups is told to that user", async () => {
  const [one, other] = await twoTenants();
  const refuse = (sessionId: string, chatId: string, reason = "no") =>
    query(
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
  const [one, other] = await twoTenants();
  await query("UPDATE posts SET content = 'something else' WHERE bot_id = $1", one.user.bot.id);
  for (const { sessions, sent } of [one, other])
    for (const { id } of sessions)
      await query(
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
  const [one, other] = await twoTenants();
  await query("UPDATE groups SET chat_id = NULL WHERE user_id = ANY($1)", [one.user.id, other.user.id]);
  const [until, over] = [new Date(Date.now() + 60_000), new Date(Date.now() - 1)];
  const lost = (sessionId: string, reference: string, at: Date | null) =>
    query(
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
  await query("UPDATE groups SET chat_id = $2 WHERE id = $1", groupId, one.sent.chatId);
  expect([await refused(), await reasons()]).toEqual([[], [null, null]]);
  await query("UPDATE groups SET chat_id = NULL WHERE id = $1", groupId);
  await world.store.transaction((tx) => tx.groups.retire(groupId ?? "", { reason: "retired", code: "NO" }));
  expect(await refused()).toEqual([]);
});

test("what a start reckons with is the user's own", async () => {
  const [one, other] = await twoTenants();
  const apart = `-100${9_000_000_000 + ++last}`;
  await world.chats([apart]);
  await query("UPDATE chats SET cooldown = 30 WHERE id = $1", one.sent.chatId);
  await query("UPDATE chats SET cooldown = 99 WHERE id = $1", apart);
  await query("UPDATE groups SET chat_id = $2 WHERE id = $1", other.groups[1]?.id, apart);
  const { own, longestCooldown } = await world.database.views.start(one.user.id);
  expect([own.length, longestCooldown]).toEqual([2, 30]);
  const longest = (botId: string) => world.store.transaction((tx) => tx.groups.longestCooldown(botId));
  expect([await longest(one.user.bot.id), await longest(other.user.bot.id)]).toEqual([30, 99]);
  await world.store.transaction((tx) => tx.groups.retire(other.groups[1]?.id ?? "", { reason: "no", code: "NO" }));
  expect(await longest(other.user.bot.id)).toBe(30);
});

type Change = (of: Tenant) => Promise<unknown>;
const inTransaction = (work: Parameters<typeof world.store.transaction>[0]) => world.store.transaction(work);

test.each<[string, Change]>([
  [
    "a removal of groups",
    ({ user, groups }) => inTransaction((tx) => tx.groups.remove(user.bot.id, [groups[1]?.id ?? ""])),
  ],
  [
    "groups that are made active again",
    ({ user, groups }) =>
      inTransaction((tx) =>
        tx.groups.reactivate(
          user.bot.id,
          groups.map(({ id }) => id),
        ),
      ),
  ],
  ["a close of the cycle", ({ cycle }) => inTransaction((tx) => tx.cycles.close(cycle.id, "bot_changed", new Date()))],
  [
    "a release of the cycle",
    ({ cycle }) => inTransaction((tx) => tx.cycles.release(cycle.id, cycle.epoch, "open", new Date())),
  ],
  ["a hand-back", ({ cycle }) => inTransaction((tx) => tx.cycles.handBack(cycle.id, cycle.epoch))],
  ["a take", ({ cycle }) => inTransaction((tx) => tx.cycles.take(cycle.id, "e1"))],
  ["a note", ({ cycle }) => inTransaction((tx) => tx.cycles.note(cycle.id, "nothing was posted"))],
  [
    "slots that are skipped",
    ({ slots }) =>
      inTransaction((tx) =>
        tx.cycles.skip(
          slots.map(({ deliveryId }) => deliveryId),
          "session_lost",
          null,
          new Date(),
        ),
      ),
  ],
  [
    "slots that are moved",
    ({ slots }) =>
      inTransaction((tx) =>
        tx.cycles.reschedule(slots.map(({ deliveryId }) => ({ id: deliveryId, plannedAt: new Date(0) }))),
      ),
  ],
  [
    "slots that another account takes over",
    ({ planned, sent }) =>
      inTransaction((tx) =>
        tx.cycles.reassign([
          { deliveryId: planned.deliveryId, sessionId: sent.hold.sessionId, plannedAt: new Date(0) },
        ]),
      ),
  ],
  ["a post that is taken away", ({ user }) => inTransaction((tx) => tx.bots.update(user.bot.id, { post: null }))],
  [
    "a post that is changed",
    ({ user }) => inTransaction((tx) => tx.bots.update(user.bot.id, { post: { type: "text", content: "another" } })),
  ],
  ["a key that is revoked", ({ user }) => inTransaction((tx) => tx.apiKeys.revokeAll(user.id, new Date()))],
  ["an account that leaves", ({ sessions }) => inTransaction((tx) => tx.sessions.release(sessions[0]?.id ?? ""))],
  [
    "an account that dies",
    ({ sessions }) =>
      inTransaction((tx) =>
        tx.sessions.ban(sessions[0]?.id ?? "", { at: new Date(), cause: "spam", reason: "Gone.", code: "X" }),
      ),
  ],
  [
    "an account that rests",
    ({ sessions }) =>
      inTransaction((tx) =>
        tx.sessions.rest(sessions[0]?.id ?? "", { until: new Date(), needsAdmin: false, reason: "wait", code: "X" }),
      ),
  ],
  ["an account that is woken", ({ sessions }) => inTransaction((tx) => tx.sessions.rest(sessions[0]?.id ?? "", null))],
  [
    "look-ups that wait",
    ({ sessions }) => inTransaction((tx) => tx.sessions.holdLookups(sessions[0]?.id ?? "", new Date())),
  ],
  [
    "a way that is found",
    ({ sessions, sent }) =>
      inTransaction((tx) =>
        tx.sessionChats.found(sessions[0]?.id ?? "", "@group_0", {
          peer: { type: "channel", id: sent.chatId.slice(4), accessHash: "77" },
          chatId: sent.chatId,
          title: "Found",
          kind: "supergroup",
          username: null,
          forum: false,
          membership: "member",
          migratedFrom: null,
        }),
      ),
  ],
  [
    "a code that is reopened",
    ({ sessions }) => inTransaction((tx) => tx.sessionChats.reopen(sessions[0]?.id ?? "", "NO")),
  ],
  [
    "a way that is forgotten",
    ({ sessions }) => inTransaction((tx) => tx.sessionChats.forget(sessions[0]?.id ?? "", "@shared")),
  ],
])("%s changes nothing of another tenant's", async (_what, change) => {
  const [one, other] = await twoTenants();
  for (const { user, groups, sessions, sent } of [one, other]) {
    await inTransaction(async (tx) => {
      await tx.apiKeys.add({
        userId: user.id,
        name: "key",
        prefix: "hk_",
        hint: "abcd",
        hash: user.id,
        expiresAt: null,
      });
      await tx.groups.retire(groups[0]?.id ?? "", { reason: "the same", code: "SAME_CHAT_TWICE" });
      await tx.sessions.holdLookups(sessions[0]?.id ?? "", new Date(0));
    });
    await query(
      "UPDATE sessions SET resting_until = now() + interval '1 hour', reason = 'r', code = 'C' WHERE user_id = $1",
      user.id,
    );
    for (const { id } of sessions) {
      await query(
        `INSERT INTO session_chats (session_id, chat_id, access_hash, refused_at, refused_code, refused_reason)
         VALUES ($1, $2, 9, now(), 'NO', 'no')`,
        id,
        sent.chatId,
      );
      await query(
        `INSERT INTO session_references (session_id, reference, refused_at, refused_code, refused_reason)
         VALUES ($1, '@group_0', now(), 'NO', 'no')`,
        id,
      );
    }
    await query(
      "INSERT INTO chat_references (reference, chat_id) VALUES ('@shared', $1) ON CONFLICT (reference) DO UPDATE SET chat_id = excluded.chat_id",
      sent.chatId,
    );
  }
  const [mine, before] = [await rowsOf(one), await rowsOf(other)];
  await change(one);
  expect(await rowsOf(other)).toEqual(before);
  expect(await rowsOf(one)).not.toEqual(mine);
});

test("what another bot has is neither removed, made active again nor counted among one's own", async () => {
  const [one, other] = await twoTenants();
  const theirs = other.groups.map(({ id }) => id);
  await world.store.transaction(async (tx) => {
    for (const id of theirs) await tx.groups.retire(id, { reason: "no", code: "NO" });
  });
  const [session] = other.sessions;
  await query(
    `INSERT INTO session_chats (session_id, chat_id, refused_at, refused_code, refused_reason) VALUES ($1, $2, now(), 'NO', 'no')`,
    session?.id,
    other.sent.chatId,
  );
  await query(
    `INSERT INTO session_references (session_id, reference, refused_at, refused_code, refused_reason) VALUES ($1, '@group_0', now(), 'NO', 'no')`,
    session?.id,
  );
  const before = await rowsOf(other);
  await world.store.transaction(async (tx) => {
    expect(await tx.groups.remove(one.user.bot.id, theirs)).toBe(0);
    expect(await tx.groups.reactivate(one.user.bot.id, theirs)).toBe(0);
    expect((await tx.groups.add(one.user.bot, ["@third"])).map(({ position }) => position)).toEqual([2]);
    expect((await tx.groups.list(one.user.bot.id)).map(({ reference }) => reference)).toEqual([
      "@group_0",
      "@group_1",
      "@third",
    ]);
    expect((await tx.cycles.current(one.user.bot.id))?.id).toBe(one.cycle.id);
    expect(await tx.cycles.lastNumber(one.user.bot.id)).toBe(1);
    expect((await tx.cycles.openDeliveries(one.cycle.id)).map(({ id }) => id).sort()).toEqual(
      [one.open.deliveryId, one.planned.deliveryId].sort(),
    );
    expect((await tx.cycles.outcomes(one.cycle.id)).sort((a, b) => a.outcome.localeCompare(b.outcome))).toEqual([
      { outcome: "group_refused", count: 1 },
      { outcome: "sent", count: 1 },
    ]);
    expect((await tx.sessions.ofUser(one.user.id)).map(({ id }) => id).sort()).toEqual(
      one.sessions.map(({ id }) => id).sort(),
    );
  });
  expect(await rowsOf(other)).toEqual(before);
  // nor is their cycle waited for
  const client = await world.sql.connect();
  onTestFinished(() => client.release(true));
  await client.query("BEGIN");
  await client.query("SELECT FROM cycles WHERE id = $1 FOR NO KEY UPDATE", [other.cycle.id]);
  expect(await inTransaction((tx) => tx.groups.remove(one.user.bot.id, [one.groups[1]?.id ?? ""]))).toBe(1);
  // the same chat is one place of each bot
  expect(
    await world.store.transaction((tx) => tx.groups.place(theirs[1] ?? "", { chatId: one.sent.chatId, topicId: 9 })),
  ).toBeNull();
});

test("a chat's users are counted once each, and its opt-out is no tenant's", async () => {
  const [one, other] = await twoTenants();
  await world.store.transaction((tx) => tx.chats.optOut(one.sent.chatId, by, null));
  const { chats } = await world.database.views.chats();
  expect(chats.find(({ id }) => id === one.sent.chatId)).toMatchObject({ users: 2, optedOut: true });
  expect(chats.find(({ id }) => id === other.failed.chatId)).toMatchObject({ users: 2, optedOut: false });
});
