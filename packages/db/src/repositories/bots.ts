import { type Bot, type BotRepository, HeraldError } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { toBot, WITH_POST } from "../rows.ts";
import { isId } from "../text.ts";

const NO_USER = "This user does not exist any more.";

export const bots = (tx: PrismaTransaction): BotRepository => {
  const find = async (id: string): Promise<Bot> =>
    toBot(await tx.bot.findUniqueOrThrow({ where: { id }, include: WITH_POST }));
  return {
    async lock(id) {
      await tx.$queryRaw`SELECT FROM bots WHERE id = ${id}::uuid FOR UPDATE`;
      return find(id);
    },

    /** @throws HeraldError `not_found` when there is no such user */
    async lockOfUser(userId) {
      if (!isId(userId)) throw new HeraldError("not_found", NO_USER);
      await tx.$queryRaw`SELECT FROM bots WHERE user_id = ${userId}::uuid FOR UPDATE`;
      const row = await tx.bot.findUnique({ where: { userId }, include: WITH_POST });
      if (row === null) throw new HeraldError("not_found", NO_USER);
      return toBot(row);
    },

    find,

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
