import { randomBytes } from "node:crypto";
import type { Claim, Hold, Settlement } from "@herald/core";
import type { Database } from "../src/index.ts";
import type { openWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof openWorld>>;

/** Long enough that no lease runs out during a test. */
export const LEASE_MS = 600_000;

/**
 * A running bot with a cycle that engine "e1" holds, and a lease on each session: every session has a delivery to every
 * chat, in the order `sessions` × `chats`.
 */
export async function runningCycle(world: World, { sessions = 1, chats }: { sessions?: number; chats: string[] }) {
  const user = await world.user();
  const accounts = await Promise.all(Array.from({ length: sessions }, world.session));
  await world.chats(chats);
  const made = await world.store.transaction(async (tx) => {
    const bot = await tx.bots.lock(user.bot.id);
    const groups = await tx.groups.add(
      bot,
      chats.map((_, index) => `@group_${index}`),
    );
    for (const [index, chatId] of chats.entries())
      await tx.groups.place(groups[index]?.id ?? "", { chatId, topicId: 0 });
    const taken = await tx.sessions.takeUnused(user.id, accounts.length, new Date());
    const post = { type: "text", content: "hello" } as const;
    await tx.bots.update(bot.id, { post, status: "running", stopReason: null });
    const cycle = await tx.cycles.create({
      botId: bot.id,
      userId: user.id,
      executionMode: "enterprise",
      postId: null,
      post,
      delayBetweenPosts: 0,
      totalCycleMinutes: null,
      startedAt: new Date(),
      slots: taken.flatMap((session) =>
        groups.map((group) => ({
          sessionId: session.id,
          groupId: group.id,
          plannedAt: new Date(),
          randomId: randomBytes(8).readBigInt64BE(),
        })),
      ),
    });
    const held = await tx.cycles.take(cycle.id, "e1");
    if (held === null) throw new Error("the cycle could not be taken");
    return { bot, groups, sessions: taken, cycle: held, deliveries: await tx.cycles.openDeliveries(cycle.id) };
  });
  const fences = new Map<string, bigint>();
  for (const { id } of made.sessions) {
    const fence = await world.database.leases.acquire(id, "e1", LEASE_MS);
    if (fence === null) throw new Error("the lease is another's");
    fences.set(id, fence);
  }
  const slots = made.deliveries.map((delivery) => {
    const hold: Hold = {
      cycleId: made.cycle.id,
      epoch: made.cycle.epoch,
      sessionId: delivery.sessionId,
      fence: fences.get(delivery.sessionId) ?? 0n,
    };
    const group = made.groups.findIndex(({ id }) => id === delivery.groupId);
    return { hold, deliveryId: delivery.id, chatId: chats[group] ?? "", topicId: 0, groupId: delivery.groupId };
  });
  return { ...made, user, slots };
}

export type Slot = Awaited<ReturnType<typeof runningCycle>>["slots"][number];

export const claim = (database: Database, { hold, deliveryId, chatId, topicId }: Slot): Promise<Claim> =>
  database.ledger.claim({ hold, deliveryId, chatId, topicId }, new AbortController().signal);

export const settlement = ({ hold, deliveryId }: Slot, more: Partial<Settlement> = {}): Settlement => ({
  hold,
  deliveryId,
  state: "sent",
  outcome: "sent",
  code: null,
  messageId: 5,
  randomId: null,
  at: new Date(),
  waitUntil: null,
  log: null,
  learned: null,
  ...more,
});
