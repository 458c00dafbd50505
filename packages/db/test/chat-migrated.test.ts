import type { ResolvedChat } from "@herald/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runningCycle } from "./cycle.ts";
import { openWorld } from "./world.ts";

// A basic group that became a supergroup: each thing that held for the one holds for the other, and nothing else moves.

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const query = async (text: string, ...values: unknown[]) => (await world.sql.query(text, values)).rows;
const migrate = (from: string, to: string) => query("SELECT herald_chat_migrated($1, $2)", from, to);
let last = 0;
/** A basic group, the supergroup that it becomes, and a chat that has nothing to do with either; none is known yet. */
const ids = () => ({
  old: `-${88_000 + ++last}`,
  now: `-100${6_000_000_000 + last}`,
  other: `-100${6_500_000_000 + last}`,
});
const chat = async (id: string) => (await query("SELECT * FROM chats WHERE id = $1", id))[0];
const soon = (ms = 60_000) => new Date(Date.now() + ms);
const by = { kind: "system", name: "test" } as const;

test("both are known afterwards, and which became which; a third stays what it was", async () => {
  const { old, now, other } = ids();
  await world.chats([other]);
  await migrate(old, now);
  expect(await chat(old)).toMatchObject({ migrated_to: now });
  expect(await chat(now)).toMatchObject({ migrated_to: null, title: "" });
  expect(await chat(other)).toMatchObject({ migrated_to: null });
  // what another chat became says nothing of this one
  const second = ids().old;
  await migrate(second, now);
  expect(await chat(second)).toMatchObject({ migrated_to: now });
});

test("both chats are held until it is committed", async () => {
  const { old, now, other } = ids();
  await world.chats([old, now, other]);
  const client = await world.sql.connect();
  await client.query("BEGIN");
  await client.query("SELECT herald_chat_migrated($1, $2)", [old, now]);
  const free = (id: string) => query("SELECT FROM chats WHERE id = $1 FOR NO KEY UPDATE NOWAIT", id);
  await expect(free(old)).rejects.toThrow("could not obtain lock");
  await expect(free(now)).rejects.toThrow("could not obtain lock");
  await free(other);
  await client.query("ROLLBACK");
  client.release();
});

test("the cool-down and the place go over where the new chat has none of its own", async () => {
  const state = async (id: string) => {
    const { cooldown, reserved_by, reserved_until } = await chat(id);
    return [cooldown, reserved_by, reserved_until];
  };
  const set = (id: string, cooldown: number | null, holder: string | null, until: Date | null) =>
    query(
      "UPDATE chats SET cooldown = $2, reserved_by = $3, reserved_until = $4 WHERE id = $1",
      id,
      cooldown,
      holder,
      until,
    );
  const [sooner, later] = [soon(10_000), soon(90_000)];
  type Held = [number | null, string | null, Date | null];
  const cases: Array<[before: Held, after: Held, expected: Held]> = [
    [
      [33, "1", later],
      [null, null, null],
      [33, "1", later],
    ],
    [
      [33, "1", later],
      [5, "2", sooner],
      [5, "1", later],
    ],
    [
      [null, "1", sooner],
      [5, "2", later],
      [5, "2", later],
    ],
    [
      [null, null, null],
      [5, "2", later],
      [5, "2", later],
    ],
    [
      [null, null, null],
      [null, null, null],
      [null, null, null],
    ],
  ];
  for (const [before, after, expected] of cases) {
    const { old, now, other } = ids();
    await world.chats([old, now, other]);
    await set(old, ...before);
    await set(now, ...after);
    await set(other, 77, "3", later);
    await migrate(old, now);
    expect(await state(now)).toEqual(expected);
    expect(await state(other)).toEqual([77, "3", later]);
  }
});

test("said again it changes nothing that was changed since", async () => {
  const { old, now } = ids();
  await world.chats([old, now]);
  await query("UPDATE chats SET cooldown = 33 WHERE id = $1", old);
  await migrate(old, now);
  await query("UPDATE chats SET cooldown = NULL WHERE id = $1", now);
  await migrate(old, now);
  expect(await chat(now)).toMatchObject({ cooldown: null });
});

test("opt-outs go over with what became of them; one that is open there already stays the one that counts", async () => {
  const optOuts = async (id: string) =>
    (await query("SELECT proof, revoked_at IS NULL AS open FROM opt_outs WHERE chat_id = $1 ORDER BY proof", id)).map(
      ({ proof, open }) => [proof, open],
    );
  const { old, now, other } = ids();
  await world.chats([old, now, other]);
  const optOut = (id: string, proof: string, isRevoked = false) =>
    world.store.transaction(async (tx) => {
      await tx.chats.optOut(id, by, proof);
      if (isRevoked) await tx.chats.revokeOptOut(id, by, new Date());
    });
  await optOut(old, "a", true);
  await optOut(old, "b");
  await optOut(other, "other");
  await migrate(old, now);
  expect([await optOuts(now), await optOuts(old), await optOuts(other)]).toEqual([
    [
      ["a", false],
      ["b", true],
    ],
    [],
    [["other", true]],
  ]);
  expect([(await chat(old)).opted_out, (await chat(now)).opted_out]).toEqual([false, true]);
  // an opt-out writes its own chat alone: claims of all others go on beside it
  const version = async () => (await query("SELECT ctid FROM chats WHERE id = $1", other))[0];
  const written = await version();
  await world.store.transaction((tx) => tx.chats.revokeOptOut(now, by, new Date()));
  expect([(await chat(now)).opted_out, await version()]).toEqual([false, written]);

  const twice = ids();
  await world.chats([twice.old, twice.now, twice.other]);
  await optOut(twice.old, "a", true);
  await optOut(twice.old, "b");
  await optOut(twice.now, "c");
  await migrate(twice.old, twice.now);
  expect([await optOuts(twice.now), await optOuts(twice.old)]).toEqual([
    [
      ["a", false],
      ["c", true],
    ],
    [["b", true]],
  ]);
  // one that was revoked there bars nothing
  const past = ids();
  await world.chats([past.old, past.now]);
  await optOut(past.old, "b");
  await optOut(past.now, "c", true);
  await migrate(past.old, past.now);
  expect(await optOuts(past.now)).toEqual([
    ["b", true],
    ["c", false],
  ]);
});

test("a wait goes over by session and topic, the longer one counts, and a refusal stays behind", async () => {
  const { old, now, other } = ids();
  await world.chats([old, now, other]);
  const [a, b, c] = (await Promise.all([world.session(), world.session(), world.session()])).map(({ id }) => id);
  const know = (session: string | undefined, id: string, topic: number, until: Date | null) =>
    query(
      `INSERT INTO session_chats (session_id, chat_id, topic_id, wait_until, refused_at, refused_code, refused_reason)
       VALUES ($1, $2, $3, $4, now(), 'NO', 'no')`,
      session,
      id,
      topic,
      until,
    );
  const [sooner, later] = [soon(10_000), soon(90_000)];
  await know(a, old, 0, sooner);
  await know(a, now, 0, later);
  await know(a, old, 3, sooner);
  await know(b, old, 0, later);
  await know(b, now, 0, sooner);
  await know(c, old, 0, null);
  await know(c, other, 0, later);
  await migrate(old, now);
  const facts = await query(
    "SELECT session_id, topic_id, wait_until, refused_code FROM session_chats WHERE chat_id = $1 ORDER BY array_position($2::uuid[], session_id), topic_id",
    now,
    [a, b, c],
  );
  expect(facts).toEqual([
    { session_id: a, topic_id: 0, wait_until: later, refused_code: "NO" },
    { session_id: a, topic_id: 3, wait_until: sooner, refused_code: null },
    { session_id: b, topic_id: 0, wait_until: later, refused_code: "NO" },
  ]);
});

test("references and groups go over, but for a group whose place another one of its bot has", async () => {
  const { old, now, other } = ids();
  const { user, groups } = await runningCycle(world, { chats: [old, now, other] });
  const [moved, there, elsewhere] = groups.map(({ id }) => id);
  await query("UPDATE groups SET topic_id = 4 WHERE id = $1", there);
  const second = await runningCycle(world, { chats: [old] });
  await query(
    "INSERT INTO chat_references (reference, chat_id) VALUES ($1, $2), ($3, $4)",
    `@${old}`,
    old,
    `@${other}`,
    other,
  );
  await migrate(old, now);
  const places = async (userId: string) =>
    (await query("SELECT id, chat_id FROM groups WHERE user_id = $1 ORDER BY position", userId)).map((row) => [
      row.id,
      row.chat_id,
    ]);
  expect(await places(user.id)).toEqual([
    [moved, now],
    [there, now],
    [elsewhere, other],
  ]);
  expect(await places(second.user.id)).toEqual([[second.groups[0]?.id, now]]);
  const leads = await query(
    "SELECT chat_id FROM chat_references WHERE reference IN ($1, $2) ORDER BY reference = $2",
    `@${old}`,
    `@${other}`,
  );
  expect(leads).toEqual([{ chat_id: now }, { chat_id: other }]);

  const twins = ids();
  const third = await runningCycle(world, { chats: [twins.old, twins.now] });
  const free = await runningCycle(world, { chats: [twins.old] });
  await migrate(twins.old, twins.now);
  expect((await places(third.user.id)).map(([, id]) => id)).toEqual([twins.old, twins.now]);
  expect((await places(free.user.id)).map(([, id]) => id)).toEqual([twins.now]);
});

test("a look-up that leads to a supergroup says so of every session's way", async () => {
  const { old, now } = ids();
  await world.chats([old]);
  const { id } = await world.session();
  const found: ResolvedChat = {
    peer: { type: "channel", id: now.slice(4), accessHash: "9" },
    chatId: now,
    title: "Grown",
    kind: "supergroup",
    username: null,
    forum: false,
    membership: "member",
    migratedFrom: old,
  };
  await query("INSERT INTO chat_references (reference, chat_id) VALUES ($1, $2)", old, old);
  await world.store.transaction((tx) => tx.sessionChats.found(id, "@grown", found));
  const peer = (reference: string) => world.store.transaction((tx) => tx.sessionChats.peer(id, reference));
  expect([await peer(old), await peer("@grown")]).toEqual([found.peer, found.peer]);
});
