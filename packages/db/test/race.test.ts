import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../src/index.ts";
import { claim, runningCycle, type Slot, settlement } from "./cycle.ts";
import { openWorld } from "./world.ts";

const COOLDOWN_MS = 1000;
let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld({ defaultCooldown: COOLDOWN_MS / 1000 });
});
afterAll(() => world.close());

test("lanes of two engines and services at work on the same rows: every post once, every cool-down kept", async () => {
  const chats = ["-1001", "-1002", "-1003"];
  const cycles = await Promise.all([0, 1, 2].map(() => runningCycle(world, { sessions: 1, chats })));
  const engines = [world.database, await world.open()];
  const posts: Array<{ chatId: string; from: number; to: number }> = [];

  const lane = async (database: Database, slots: Slot[]) => {
    for (let open = slots; open.length > 0; ) {
      const waiting: Slot[] = [];
      for (const slot of open) {
        const answer = await claim(database, slot);
        // asked again at once, and not when it may go: so all are there in the moment in which a chat is free
        if (answer.kind === "wait") waiting.push(slot);
        else {
          expect(answer).toEqual({ kind: "go" });
          const from = performance.now();
          await database.ping();
          const to = performance.now();
          posts.push({ chatId: slot.chatId, from, to });
          database.ledger.settle(settlement(slot, { log: { level: "info", text: "Posted." } }));
        }
      }
      open = waiting;
    }
  };
  let isPosting = true;
  const services = cycles.map(async ({ user, groups, sessions, cycle }, index) => {
    while (isPosting)
      await engines[index % 2]?.store.transaction(async (tx) => {
        await tx.groups.place(groups[index]?.id ?? "", { chatId: chats[index] ?? "", topicId: 0 });
        await tx.bots.lock(user.bot.id);
        await tx.bots.update(user.bot.id, { nextCycleAt: new Date() });
        await tx.sessions.rest(sessions[0]?.id ?? "", null);
        await tx.cycles.reschedule([
          { id: (await tx.cycles.openDeliveries(cycle.id))[0]?.id ?? "0", plannedAt: new Date() },
        ]);
        await tx.log({ botId: user.bot.id, userId: user.id, level: "info", text: "A service was here." });
        await tx.changed(user.id, "bot");
      });
  });
  await Promise.all(cycles.map(({ slots }, index) => lane(engines[index % 2] as Database, slots)));
  isPosting = false;
  await Promise.all(services);
  await Promise.all(engines.map((engine) => engine.ledger.flush()));

  const { rows } = await world.sql.query("SELECT state, count(*)::int AS count FROM deliveries GROUP BY 1");
  expect(rows).toEqual([{ state: "sent", count: cycles.length * chats.length }]);
  for (const { user } of cycles)
    expect((await world.database.views.bot(user.id)).stats).toMatchObject({
      totalPosts: chats.length,
      totalSuccess: chats.length,
    });
  for (const chatId of chats) {
    const mine = posts.filter((post) => post.chatId === chatId).sort((a, b) => a.from - b.from);
    expect(mine).toHaveLength(cycles.length);
    const pauses = mine.slice(1).map((post, index) => post.from - (mine[index]?.to ?? Number.NaN));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(COOLDOWN_MS);
  }
}, 60_000);
