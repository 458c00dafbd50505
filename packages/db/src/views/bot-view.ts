import { HeraldError, type Views } from "@herald/core";
import type { Prisma } from "../prisma.ts";
import { toBot, WITH_POST } from "../rows.ts";
import { countersOf, iso, newestCycle, slotsOf, toLogEntry, toSessionState } from "./dto.ts";
import { today } from "./today.ts";

/** What a user sees of their bot. */
export const botView = (prisma: Prisma): Pick<Views, "bot" | "groups" | "slots" | "log" | "today"> => ({
  async bot(userId) {
    const now = new Date();
    const [row, sessions, groups, cycle, counters] = await Promise.all([
      prisma.bot.findUnique({ where: { userId }, include: WITH_POST }),
      prisma.session.findMany({
        where: { OR: [{ userId }, { diedForUserId: userId }] },
        orderBy: [{ bannedAt: { sort: "asc", nulls: "first" } }, { addedAt: "asc" }, { id: "asc" }],
      }),
      prisma.group.groupBy({ by: ["state"], where: { userId }, _count: true }),
      newestCycle(prisma, userId),
      countersOf(prisma, userId),
    ]);
    if (row === null) throw new HeraldError("not_found", "There is no such user.");
    const bot = toBot(row);
    const own = sessions.filter((session) => session.userId === userId);
    const groupsIn = (state: "active" | "retired") => groups.find((group) => group.state === state)?._count ?? 0;
    return {
      status: bot.status,
      stopReason: bot.stopReason,
      stopMessage: bot.stopMessage,
      startedAt: iso(bot.startedAt),
      stoppedAt: iso(bot.stoppedAt),
      nextCycleAt: iso(bot.nextCycleAt),
      config: {
        post: bot.post && { type: bot.post.type, content: bot.post.content },
        executionMode: bot.executionMode,
        totalCycleMinutes: bot.totalCycleMinutes,
        delayBetweenPosts: bot.delayBetweenPosts,
        delayBetweenCycles: bot.delayBetweenCycles,
        sessionCount: bot.sessionCount,
      },
      sessions: sessions.map((session) => {
        const state = toSessionState(session, now);
        return {
          id: session.id,
          label: session.label,
          state: state === "unused" ? "assigned" : state,
          restingUntil: state === "resting" ? iso(session.restingUntil) : null,
          reason: state === "assigned" ? null : session.reason,
        };
      }),
      groupCount: groupsIn("active") + groupsIn("retired"),
      retiredGroupCount: groupsIn("retired"),
      cycle,
      stats: {
        ...counters,
        activeSessions: own.length,
        bannedSessions: sessions.filter((session) => session.diedForUserId === userId).length,
      },
      breakerTrippedAt: iso(bot.breakerTrippedAt),
      contentRefusedAt: iso(bot.contentRefusedAt),
      own,
    };
  },

  async groups(userId) {
    const [rows, refusals] = await Promise.all([
      prisma.group.findMany({ where: { userId }, orderBy: { position: "asc" } }),
      refusingGroups(prisma, userId),
    ]);
    const refusing = new Map(refusals.map((refusal) => [refusal.groupId, refusal]));
    return rows.map((row) => ({
      id: row.id,
      reference: row.reference,
      title: row.title,
      chatId: row.chatId?.toString() ?? null,
      state: row.state,
      reason: row.reason ?? refusing.get(row.id)?.reason ?? null,
      code: row.code ?? refusing.get(row.id)?.code ?? null,
      askedAgainAt: iso(refusing.get(row.id)?.until ?? null),
      lastSentAt: iso(row.lastSentAt),
      sent: row.sent,
      failed: row.failed,
    }));
  },

  slots: (userId, cycleId) => slotsOf(prisma, userId, { cycleId }),

  async log(userId, { before, limit }) {
    const rows = await prisma.botLog.findMany({
      where: { userId, ...(before === null ? {} : { id: { lt: BigInt(before) } }) },
      orderBy: { id: "desc" },
      take: limit,
    });
    return rows.map(toLogEntry);
  },

  today: (user, now) => today(prisma, user, now),
});

/** Active groups in which every account of the bot is refused just now, with what was said last. */
const refusingGroups = (prisma: Prisma, userId: string) =>
  prisma.$queryRaw<Array<{ groupId: string; reason: string; code: string; until: Date | null }>>`
    SELECT g.id AS "groupId", (array_agg(f.refused_reason ORDER BY f.refused_at DESC))[1] AS reason,
      (array_agg(f.refused_code ORDER BY f.refused_at DESC))[1] AS code, min(f.ask_again_at) AS until
    FROM groups g
    JOIN sessions s ON s.user_id = g.user_id
    CROSS JOIN LATERAL (
      SELECT f.refused_at, f.refused_code, f.refused_reason, f.ask_again_at FROM session_chats f
      JOIN posts p ON p.bot_id = g.bot_id AND p.position = 0
      WHERE f.session_id = s.id AND f.chat_id = g.chat_id AND f.topic_id IN (0, g.topic_id)
        AND herald_refuses(f.refused_at, f.ask_again_at, f.refused_post, p.kind, p.content, now())
      UNION ALL -- of a group that is not found yet what was answered to its reference
      SELECT r.refused_at, r.refused_code, r.refused_reason, r.ask_again_at FROM session_references r
      WHERE g.chat_id IS NULL AND r.session_id = s.id AND r.reference = herald_base_reference(g.reference)
        AND coalesce(r.ask_again_at > now(), true)
    ) f
    WHERE g.user_id = ${userId}::uuid AND g.state = 'active'
    GROUP BY g.id
    HAVING count(DISTINCT s.id) = (SELECT count(*) FROM sessions WHERE user_id = ${userId}::uuid)`;
