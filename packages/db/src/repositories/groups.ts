import type { GroupRepository } from "@herald/core";
import { Prisma } from "../generated/client.ts";
import type { PrismaTransaction } from "../prisma.ts";
import { toGroup } from "../rows.ts";
import { isId } from "../text.ts";

/** The largest cool-down among the chats of the active groups that `which` finds (`g`), in seconds. */
export const longestCooldownSql = (which: Prisma.Sql, defaultCooldown: number): Prisma.Sql => Prisma.sql`
  SELECT coalesce(max(coalesce(c.cooldown, ${defaultCooldown}::int)), 0)::int AS longest
  FROM groups g LEFT JOIN chats c ON c.id = g.chat_id WHERE g.state = 'active' AND ${which}`;

export const groups = (tx: PrismaTransaction, defaultCooldown: number): GroupRepository => ({
  async list(botId) {
    return (await tx.group.findMany({ where: { botId }, orderBy: { position: "asc" } })).map(toGroup);
  },

  async longestCooldown(botId) {
    const [row] = await tx.$queryRaw<[{ longest: number }]>(
      longestCooldownSql(Prisma.sql`g.bot_id = ${botId}::uuid`, defaultCooldown),
    );
    return row.longest;
  },

  async add({ id: botId, userId }, references) {
    const present = await tx.group.findMany({ where: { botId }, select: { reference: true, position: true } });
    const known = new Set(present.map((group) => group.reference));
    const first = present.reduce((next, { position }) => Math.max(next, position + 1), 0);
    const fresh = [...new Set(references)].filter((reference) => !known.has(reference));
    const rows = await tx.group.createManyAndReturn({
      data: fresh.map((reference, index) => ({ botId, userId, reference, position: first + index })),
      skipDuplicates: true,
    });
    return rows.sort((a, b) => a.position - b.position).map(toGroup);
  },

  /** What is `sending` stays open: it may stand in the group already, and its lane asks Telegram again. */
  async remove(botId, ids) {
    const own = await tx.group.findMany({ where: { botId, id: { in: ids.filter(isId) } }, select: { id: true } });
    const where = { in: own.map((group) => group.id) };
    // before its deliveries, like the ledger; what is planned is planned in these, and a cycle is what their index knows
    const unfinished = await tx.$queryRaw<Array<{ id: string }>>`
      SELECT id FROM cycles WHERE bot_id = ${botId}::uuid AND state IN ('running', 'open') FOR NO KEY UPDATE`;
    await tx.delivery.updateMany({
      where: { cycleId: { in: unfinished.map(({ id }) => id) }, groupId: where, state: "planned" },
      data: { state: "skipped", outcome: "bot_changed", settledAt: new Date(), waitUntil: null },
    });
    const { count } = await tx.group.deleteMany({ where: { id: where } });
    // one of them may have been the reason: where these lead is looked up anew, and tells whether it was
    await tx.group.updateMany({
      where: { botId, state: "retired", code: "SAME_CHAT_TWICE" },
      data: { state: "active", reason: null, code: null, chatId: null, topicId: 0 },
    });
    return count;
  },

  async place(groupId, { chatId, topicId }) {
    const id = BigInt(chatId);
    // two lanes that place two groups of one bot do it one after the other
    await tx.$executeRaw`
      SELECT pg_advisory_xact_lock(hashtext('herald.place'), hashtext(bot_id::text)) FROM groups WHERE id = ${groupId}::uuid`;
    const [twin] = await tx.$queryRaw<Array<{ reference: string }>>`
      SELECT o.reference FROM groups g JOIN groups o ON o.bot_id = g.bot_id
      WHERE g.id = ${groupId}::uuid AND o.id <> g.id AND o.state = 'active' AND o.chat_id = ${id} AND o.topic_id = ${topicId}`;
    if (twin !== undefined) return twin.reference;
    await tx.$executeRaw`
      UPDATE groups g SET chat_id = c.id, topic_id = ${topicId}, title = c.title FROM chats c
      WHERE g.id = ${groupId}::uuid AND c.id = ${id}`;
    return null;
  },

  async retire(groupId, { reason, code }) {
    await tx.group.updateMany({ where: { id: groupId }, data: { state: "retired", reason, code } });
  },

  /** With what stood between them and the user's sessions: they are tried again as if new. Waits are kept. */
  async reactivate(botId, ids) {
    const where = { botId, id: { in: ids.filter(isId) }, state: "retired" as const };
    await tx.$executeRaw`
      UPDATE session_chats f SET refused_at = NULL, refused_code = NULL, refused_reason = NULL, ask_again_at = NULL, refused_post = NULL
      FROM groups g, sessions s
      WHERE g.id = ANY(${where.id.in}::uuid[]) AND g.bot_id = ${botId}::uuid AND g.state = 'retired' AND s.user_id = g.user_id
        AND f.session_id = s.id AND f.chat_id = g.chat_id AND f.topic_id IN (0, g.topic_id)`;
    await tx.$executeRaw`
      DELETE FROM session_references r USING groups g, sessions s
      WHERE g.id = ANY(${where.id.in}::uuid[]) AND g.bot_id = ${botId}::uuid AND g.state = 'retired' AND s.user_id = g.user_id
        AND r.session_id = s.id AND r.reference = herald_base_reference(g.reference)`;
    // where it leads is looked up anew: the chat may be another by now, or one that another group posts to already
    const { count } = await tx.group.updateMany({
      where,
      data: { state: "active", reason: null, code: null, chatId: null, topicId: 0 },
    });
    return count;
  },
});
