import type { ChatRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";

export const chats = (tx: PrismaTransaction): ChatRepository => ({
  async update(id, { cooldownSeconds, optedOut }) {
    const change = {
      ...(cooldownSeconds === undefined ? {} : { cooldown: cooldownSeconds }),
      ...(optedOut === undefined ? {} : { optedOut }),
    };
    await tx.chat.upsert({
      where: { id: BigInt(id) },
      create: { id: BigInt(id), title: id, ...change },
      update: change,
    });
  },
});
