import type { Bot, BotRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { toBot, WITH_POST } from "../rows.ts";

type Which = { id: string } | { userId: string };

export const bots = (tx: PrismaTransaction): BotRepository => {
  const find = async (where: Which): Promise<Bot> =>
    toBot(await tx.bot.findUniqueOrThrow({ where, include: WITH_POST }));
  return {
    async lock(id) {
      await tx.$queryRaw`SELECT FROM bots WHERE id = ${id}::uuid FOR UPDATE`;
      return find({ id });
    },

    async lockOfUser(userId) {
      await tx.$queryRaw`SELECT FROM bots WHERE user_id = ${userId}::uuid FOR UPDATE`;
      return find({ userId });
    },

    find: (id) => find({ id }),

    /**
     * Once a change to `stopped` is committed, no claim goes any more in any engine: a claim reads the row under a share
     * lock, so it either committed before (and its send may still be in flight) or sees the stop.
     */
    async update(id, { post, ...change }) {
      await tx.bot.update({ where: { id }, data: change });
      if (post === null) await tx.post.deleteMany({ where: { botId: id } });
      else if (post !== undefined) {
        const said = { kind: post.type, content: post.content, entities: [] };
        const place = { botId: id, position: 0 };
        await tx.post.upsert({
          where: { botId_position: place },
          create: { ...place, ...said },
          update: said,
        });
      }
    },
  };
};
