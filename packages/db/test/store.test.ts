import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, seal } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("an e-mail is one person's, whatever its spelling", async () => {
  const plan = { type: "STARTER", maxSessions: 2, maxGroups: 5, expiresAt: null } as const;
  const made = await world.store.transaction((tx) =>
    tx.users.create({ email: "Ada@Example.org", name: "Ada", passwordHash: "h", role: "user", plan }),
  );
  expect(made).toMatchObject({ email: "ada@example.org", plan });
  expect(made).not.toHaveProperty("passwordHash");
  const again = await world.store.transaction((tx) =>
    tx.users.create({ email: "ada@example.ORG", name: "Eve", passwordHash: "h", role: "user", plan: null }),
  );
  expect(again).toBe("email_taken");
});

test("a hash is read where it is asked for alone, by e-mail or id", async () => {
  await world.store.transaction(async (tx) => {
    const root = await tx.users.create({
      email: "Root@example.org",
      name: "Root",
      passwordHash: "two",
      role: "admin",
      plan: null,
    });
    if (root === "email_taken") throw new Error(root);
    for (const of of [{ email: "root@example.org" }, { id: root.id }])
      expect(await tx.users.credentials(of)).toEqual({ user: root, passwordHash: "two" });
    for (const of of [{ email: "nobody@example.org" }, { email: "ROOT@example.org" }, { id: "no" }])
      expect(await tx.users.credentials(of)).toBeNull();
  });
});

test("an id that cannot be one finds nothing", async () => {
  await world.store.transaction(async (tx) => {
    expect(await tx.users.find("no")).toBeNull();
    expect(await tx.sessions.find("no")).toBeNull();
    expect(await tx.cycles.find("no")).toBeNull();
    expect(await tx.groups.remove((await tx.bots.lockOfUser((await tx.users.list())[0]?.id ?? "")).id, ["no"])).toBe(0);
  });
});

test("a transaction is all or nothing, with its events", async () => {
  const user = await world.user();
  const newest = () => world.database.events.newest();
  const before = await newest();
  await expect(
    world.store.transaction(async (tx) => {
      await tx.groups.add(user.bot, ["@first"]);
      await tx.changed(user.id, "groups");
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  await world.store.transaction(async (tx) => expect(await tx.groups.list(user.bot.id)).toEqual([]));
  expect(await newest()).toBe(before);
  await world.store.transaction((tx) => tx.changed(user.id, "groups"));
  expect(BigInt(await newest())).toBeGreaterThan(BigInt(before));
});

test("groups keep the order in which they were pasted", async () => {
  const user = await world.user();
  await world.store.transaction((tx) => tx.groups.add(user.bot, ["@b", "@a"]));
  const added = await world.store.transaction((tx) => tx.groups.add(user.bot, ["@c", "@a", "@c", "@0"]));
  expect(added.map((group) => group.reference)).toEqual(["@c", "@0"]);
  const groups = await world.store.transaction((tx) => tx.groups.list(user.bot.id));
  expect(groups.map((group) => group.reference)).toEqual(["@b", "@a", "@c", "@0"]);
});

test("the API hash comes back as it was given, and is not stored in the clear", async () => {
  const apiHash = "0123456789abcdef0123456789abcdef";
  const pair = await world.store.transaction((tx) => tx.apiPairs.add({ apiId: 77, apiHash, label: null, capacity: 7 }));
  if (pair === "api_pair_known") throw new Error(pair);
  await world.store.transaction(async (tx) => {
    expect(await tx.apiPairs.add({ apiId: 77, apiHash, label: null, capacity: 7 })).toBe("api_pair_known");
    expect(await tx.apiPairs.credentials(pair.id)).toEqual({ apiId: 77, apiHash });
    expect(JSON.stringify(await tx.apiPairs.list())).not.toContain("apiHash");
  });
  const other = await world.open({ seal: seal("b") });
  expect(await other.store.transaction((tx) => tx.apiPairs.credentials(pair.id))).toBeNull();
  expect(await other.store.transaction((tx) => tx.apiPairs.reseal(pair.id))).toEqual({ reason: "it needs a" });
  expect(await other.store.transaction((tx) => tx.apiPairs.missingKeys())).toEqual(["a"]);
  expect(await world.store.transaction((tx) => tx.apiPairs.missingKeys())).toEqual([]);
  const rotated = await world.open({ seal: { ...seal("b"), open: seal("a").open } });
  for (const isResealed of [true, false])
    expect(await rotated.store.transaction((tx) => tx.apiPairs.reseal(pair.id))).toBe(isResealed);
  expect(await other.store.transaction((tx) => tx.apiPairs.credentials(pair.id))).toEqual({ apiId: 77, apiHash });
});

test("a cycle has its deliveries, is taken, released, opened again and closed", async () => {
  const user = await world.user();
  const session = await world.session();
  const { cycle, groups } = await world.store.transaction(async (tx) => {
    const groups = await tx.groups.add(user.bot, ["@one", "@two/5"]);
    await tx.bots.lock(user.bot.id);
    await tx.bots.update(user.bot.id, { post: { type: "text", content: "hi" }, status: "running" });
    const cycle = await tx.cycles.create({
      botId: user.bot.id,
      userId: user.id,
      executionMode: "enterprise",
      postId: null,
      post: { type: "text", content: "hi" },
      delayBetweenPosts: 1,
      totalCycleMinutes: null,
      startedAt: new Date(),
      slots: groups.map((group, index) => ({
        sessionId: session.id,
        groupId: group.id,
        plannedAt: new Date(index * 1000),
        randomId: -(2n ** 63n) + BigInt(index),
      })),
    });
    return { cycle, groups };
  });
  expect(cycle).toMatchObject({ number: 1, state: "running", epoch: 0 });
  await world.store.transaction(async (tx) => {
    const open = await tx.cycles.openDeliveries(cycle.id);
    expect(open.map((delivery) => [delivery.groupId, delivery.randomId, delivery.plannedAt.getTime()])).toEqual([
      [groups[0]?.id, -(2n ** 63n), 0],
      [groups[1]?.id, -(2n ** 63n) + 1n, 1000],
    ]);
    expect(await tx.cycles.counts(cycle.id)).toEqual({ planned: 2, sending: 0, sent: 0, failed: 0, skipped: 0 });
    expect(await tx.cycles.take(cycle.id, "e1")).toMatchObject({ epoch: 1 });
    await tx.cycles.release(cycle.id, 0, "open", new Date());
    expect(await tx.cycles.find(cycle.id)).toMatchObject({ state: "running" });
    await tx.cycles.release(cycle.id, 1, "open", new Date());
    expect(await tx.cycles.find(cycle.id)).toMatchObject({ state: "open" });
    expect(await tx.cycles.isReleased(cycle.id)).toBe(true);
    await tx.cycles.reschedule([{ id: open[0]?.id ?? "", plannedAt: new Date(5000) }]);
    await tx.cycles.reopen(cycle.id);
    expect(await tx.cycles.current(user.bot.id)).toMatchObject({ id: cycle.id, state: "running" });
    await tx.cycles.close(cycle.id, "bot_changed", new Date());
    expect(await tx.cycles.counts(cycle.id)).toMatchObject({ planned: 0, skipped: 2 });
    expect(await tx.cycles.take(cycle.id, "e1")).toBeNull();
    expect(await tx.cycles.current(user.bot.id)).toBeNull();
  });
});

test("a job enters the queue with the transaction, or not at all", async () => {
  const queue: number[] = [];
  const other = await world.open({
    enqueue: async (executor, job) => {
      const { rows } = await executor.executeSql("SELECT $1::int + 1 AS next", [job.number]);
      queue.push(rows[0].next);
    },
  });
  await other.store.transaction((tx) => tx.enqueueCycle({ botId: "b", userId: "u", number: 1 }, new Date()));
  expect(queue).toEqual([2]);
});

test("what is logged reaches the log file after the commit, without bytes that PostgreSQL cannot hold", async () => {
  const lines: string[] = [];
  const other = await world.open({ onLog: (line) => lines.push(line.text) });
  const user = await world.user();
  await other.store.transaction(async (tx) => {
    await tx.log({ botId: user.bot.id, userId: user.id, level: "info", text: "a\0b\ud800" });
    expect(lines).toEqual([]);
  });
  expect(lines).toEqual(["ab\ufffd"]);
});

test("a transaction that loses against others is tried again, and refused as it was when it always loses", async () => {
  let tries = 0;
  const losing = (times: number) =>
    world.store.transaction(async (tx) => {
      await tx.users.list();
      tries += 1;
      if (tries <= times) throw Object.assign(new Error("deadlock detected"), { code: "40P01" });
      return tries;
    });
  expect(await losing(4)).toBe(5);
  tries = 0;
  await expect(losing(5)).rejects.toMatchObject({ code: "database_unavailable" });
  expect(tries).toBe(5);
});
