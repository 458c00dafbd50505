import type { BotRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { fromBotChange, toBot } from "../rows.ts";

export const bots = (tx: PrismaTransaction): BotRepository => ({
  async lock(userId) {
    await tx.$queryRaw`SELECT FROM bots WHERE user_id = ${userId}::uuid FOR UPDATE`;
    return toBot(await tx.bot.findUniqueOrThrow({ where: { userId } }));
  },

  async find(userId) {
    return toBot(await tx.bot.findUniqueOrThrow({ where: { userId } }));
  },

  /**
   * Once a change to `stopped` is committed, no claim goes any more in any engine: a claim reads the row under a share
   * lock, so it either committed before (and its send may still be in flight) or sees the stop.
   */
  async update(userId, change) {
    await tx.bot.update({ where: { userId }, data: fromBotChange(change) });
  },

  async running() {
    return (await tx.bot.findMany({ where: { status: "running" }, orderBy: { userId: "asc" } })).map(toBot);
  },
});
