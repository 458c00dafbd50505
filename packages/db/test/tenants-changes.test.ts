import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Tenant, tenants } from "./tenants.ts";
import { openWorld } from "./world.ts";

// Of two tenants who have the same of everything each changes what is theirs alone.

let world: Awaited<ReturnType<typeof openWorld>>;
let of: ReturnType<typeof tenants>;
beforeAll(async () => {
  world = await openWorld({ defaultCooldown: 0 });
  of = tenants(world);
});
afterAll(() => world.close());

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
  ["sign-ins that are ended", ({ user }) => inTransaction((tx) => tx.signIns.end({ userId: user.id }, new Date()))],
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
  const [one, other] = await of.twoTenants();
  for (const { user, groups, sessions, sent } of [one, other]) {
    await inTransaction(async (tx) => {
      await tx.apiKeys.add({
        userId: user.id,
        name: "key",
        prefix: "hk_",
        hint: "abcd",
        hash: user.id,
      });
      const expiresAt = new Date(Date.now() + 3_600_000);
      await tx.signIns.add({ userId: user.id, at: new Date(0), expiresAt, userAgent: null, address: null });
      await tx.groups.retire(groups[0]?.id ?? "", { reason: "the same", code: "SAME_CHAT_TWICE" });
      await tx.sessions.holdLookups(sessions[0]?.id ?? "", new Date(0));
    });
    await of.query(
      "UPDATE sessions SET resting_until = now() + interval '1 hour', reason = 'r', code = 'C' WHERE user_id = $1",
      user.id,
    );
    for (const { id } of sessions) {
      await of.query(
        `INSERT INTO session_chats (session_id, chat_id, access_hash, refused_at, refused_code, refused_reason)
         VALUES ($1, $2, 9, now(), 'NO', 'no')`,
        id,
        sent.chatId,
      );
      await of.query(
        `INSERT INTO session_references (session_id, reference, refused_at, refused_code, refused_reason)
         VALUES ($1, '@group_0', now(), 'NO', 'no')`,
        id,
      );
    }
    await of.query(
      "INSERT INTO chat_references (reference, chat_id) VALUES ('@shared', $1) ON CONFLICT (reference) DO UPDATE SET chat_id = excluded.chat_id",
      sent.chatId,
    );
  }
  const [mine, before] = [await of.rowsOf(one), await of.rowsOf(other)];
  await change(one);
  expect(await of.rowsOf(other)).toEqual(before);
  expect(await of.rowsOf(one)).not.toEqual(mine);
});

test("what another bot has is neither removed, made active again nor counted among one's own", async () => {
  const [one, other] = await of.twoTenants();
  const theirs = other.groups.map(({ id }) => id);
  await world.store.transaction(async (tx) => {
    for (const id of theirs) await tx.groups.retire(id, { reason: "no", code: "NO" });
  });
  const [session] = other.sessions;
  await of.query(
    `INSERT INTO session_chats (session_id, chat_id, refused_at, refused_code, refused_reason) VALUES ($1, $2, now(), 'NO', 'no')`,
    session?.id,
    other.sent.chatId,
  );
  await of.query(
    `INSERT INTO session_references (session_id, reference, refused_at, refused_code, refused_reason) VALUES ($1, '@group_0', now(), 'NO', 'no')`,
    session?.id,
  );
  const before = await of.rowsOf(other);
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
  expect(await of.rowsOf(other)).toEqual(before);
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
