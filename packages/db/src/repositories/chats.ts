import type { ChatRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";

export const chats = (tx: PrismaTransaction): ChatRepository => ({
  async update(id, { cooldownSeconds, optedOut }) {
    const change = {
      ...(cooldownSeconds === undefined ? {} : { cooldown: cooldownSeconds }),
      ...(optedOut === undefined ? {} : { optedOut }),
    };
    // one that became another chat is changed as what it is now
    const former = await tx.chat.findUnique({ where: { id: BigInt(id) }, select: { migratedTo: true } });
    const now = former?.migratedTo ?? BigInt(id);
    await tx.chat.upsert({
      where: { id: now },
      create: { id: now, title: id, ...change },
      update: change,
    });
  },
});
