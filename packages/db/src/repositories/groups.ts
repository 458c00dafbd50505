import type { GroupRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { toGroup } from "../rows.ts";
import { isId, storable } from "../text.ts";

export const groups = (tx: PrismaTransaction): GroupRepository => ({
  async list(userId) {
    return (await tx.group.findMany({ where: { userId }, orderBy: { position: "asc" } })).map(toGroup);
  },

  async add(userId, references) {
    const present = await tx.group.findMany({ where: { userId }, select: { reference: true, position: true } });
    const known = new Set(present.map((group) => group.reference));
    const first = Math.max(-1, ...present.map((group) => group.position)) + 1;
    const fresh = [...new Set(references)].filter((reference) => !known.has(reference));
    const rows = await tx.group.createManyAndReturn({
      data: fresh.map((reference, index) => ({ userId, reference, position: first + index })),
      skipDuplicates: true,
    });
    return rows.sort((a, b) => a.position - b.position).map(toGroup);
  },

  /** What is `sending` stays open: it may stand in the group already, and its lane asks Telegram again. */
  async remove(userId, ids) {
    const own = await tx.group.findMany({ where: { userId, id: { in: ids.filter(isId) } }, select: { id: true } });
    const where = { in: own.map((group) => group.id) };
    await tx.delivery.updateMany({
      where: { userId, groupId: where, state: "planned" },
      data: { state: "skipped", outcome: "bot_changed", settledAt: new Date(), waitUntil: null },
    });
    const { count } = await tx.group.deleteMany({ where: { id: where } });
    return count;
  },

  async resolved(groupId, chat) {
    const title = storable(chat.title);
    const chatId = BigInt(chat.chatId);
    await tx.$executeRaw`
      INSERT INTO chats (id, title) VALUES (${chatId}, ${title})
      ON CONFLICT (id) DO UPDATE SET title = excluded.title WHERE chats.title <> excluded.title`;
    await tx.group.updateMany({ where: { id: groupId }, data: { title, chatId } });
  },

  async retire(groupId, { reason, code }) {
    await tx.group.updateMany({ where: { id: groupId }, data: { state: "retired", reason, code } });
  },

  /** With what stood between them and the sessions: they are tried again as if new. */
  async reactivate(userId, ids) {
    const where = { userId, id: { in: ids.filter(isId) }, state: "retired" as const };
    await tx.groupPair.deleteMany({ where: { group: where, retired: true } });
    const { count } = await tx.group.updateMany({ where, data: { state: "active", reason: null, code: null } });
    return count;
  },
});
