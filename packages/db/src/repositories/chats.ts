import type { Chat, ChatRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { storable } from "../text.ts";
import { fromActor } from "./audit.ts";

/** Of a chat's opt-outs the one that holds. */
export const openOptOut = { where: { revokedAt: null } } as const;

export const chats = (tx: PrismaTransaction): ChatRepository => ({
  /** A chat that became another is changed as what it is now. */
  async lock(id) {
    const former = await tx.chat.findUnique({ where: { id: BigInt(id) }, select: { migratedTo: true } });
    const now = former?.migratedTo ?? BigInt(id);
    await tx.chat.createMany({ data: [{ id: now, title: id }], skipDuplicates: true });
    await tx.$queryRaw`SELECT FROM chats WHERE id = ${now} FOR NO KEY UPDATE`;
    const row = await tx.chat.findUniqueOrThrow({ where: { id: now }, include: { optOuts: openOptOut } });
    // it became another while we waited for the lock
    if (row.migratedTo !== null) return this.lock(row.migratedTo.toString());
    return {
      id: now.toString(),
      title: row.title,
      cooldownSeconds: row.cooldown,
      optedOut: row.optedOut,
      proof: row.optOuts[0]?.proof ?? null,
    } satisfies Chat;
  },

  exists: async (id) => (await tx.chat.count({ where: { id: BigInt(id) } })) > 0,

  async setCooldown(id, seconds) {
    await tx.chat.update({ where: { id: BigInt(id) }, data: { cooldown: seconds } });
  },

  async optOut(id, by, proof) {
    const { kind, id: byId, name } = fromActor(by);
    await tx.optOut.createMany({
      data: [
        {
          chatId: BigInt(id),
          byKind: kind,
          byId,
          byName: name,
          proof: proof === null ? null : storable(proof),
        },
      ],
      skipDuplicates: true,
    });
  },

  async setOptOutProof(id, proof) {
    await tx.optOut.updateMany({
      where: { chatId: BigInt(id), ...openOptOut.where },
      data: { proof: storable(proof) },
    });
  },

  async revokeOptOut(id, by, at) {
    const { kind, id: byId, name } = fromActor(by);
    await tx.optOut.updateMany({
      where: { chatId: BigInt(id), ...openOptOut.where },
      data: { revokedAt: at, revokedByKind: kind, revokedById: byId, revokedByName: name },
    });
  },
});
