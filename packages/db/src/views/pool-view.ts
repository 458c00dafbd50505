import type { Views } from "@herald/core";
import { Prisma as Sql } from "../generated/client.ts";
import type { Prisma } from "../prisma.ts";
import { openOptOut } from "../repositories/chats.ts";
import { longestCooldownSql } from "../repositories/groups.ts";
import { firstUnusedBackSql, mayBeTakenSql } from "../session-predicates.ts";
import { iso, toSessionState } from "./dto.ts";

type PoolView = Pick<Views, "sessions" | "apiPairs" | "chats" | "start">;

/** What an admin sees of sessions and API pairs, and what a start needs to know of the pool. */
export const poolView = (prisma: Prisma, defaultCooldown: number): PoolView => ({
  async sessions() {
    const now = new Date();
    const [rows, users] = await Promise.all([
      prisma.session.findMany({
        orderBy: [{ addedAt: "asc" }, { id: "asc" }],
        include: { apiPair: { select: { apiId: true } } },
      }),
      prisma.user.findMany({ select: { id: true, email: true } }),
    ]);
    const emails = new Map(users.map((user) => [user.id, user.email]));
    return rows.map((row) => {
      const userId = row.userId ?? row.diedForUserId;
      const state = toSessionState(row, now);
      // a rest that is over is no reason for anything
      const explained = state === "resting" || state === "banned";
      return {
        id: row.id,
        label: row.label,
        fileName: row.fileName,
        username: row.username,
        phoneMasked: row.phoneMasked,
        telegramUserId: row.telegramUserId?.toString() ?? null,
        state,
        userId,
        userEmail: userId === null ? null : (emails.get(userId) ?? null),
        apiPairId: row.apiPairId,
        apiId: row.apiPair?.apiId ?? null,
        restingUntil: iso(row.restingUntil),
        needsAdmin: row.needsAdmin,
        reason: explained ? row.reason : null,
        code: explained ? row.code : null,
        addedAt: row.addedAt.toISOString(),
        bannedAt: iso(row.bannedAt),
        lastUsedAt: iso(row.lastUsedAt),
        sent: row.sent,
      };
    });
  },

  async apiPairs() {
    const now = new Date();
    const rows = await prisma.apiPair.findMany({
      orderBy: [{ addedAt: "asc" }, { id: "asc" }],
      include: { sessions: { orderBy: [{ addedAt: "asc" }, { id: "asc" }] } },
    });
    return rows.map(({ sessions, ...pair }) => ({
      id: pair.id,
      apiId: pair.apiId,
      label: pair.label,
      capacity: pair.capacity,
      used: sessions.length,
      seats: sessions.map((session) => ({
        sessionId: session.id,
        label: session.label,
        state: toSessionState(session, now),
      })),
      addedAt: pair.addedAt.toISOString(),
    }));
  },

  async chats() {
    const rows = await prisma.chat.findMany({
      // not the channels that posts are forwarded from, which are known as well, nor what became another chat
      where: { migratedTo: null, OR: [{ groups: { some: {} } }, { cooldown: { not: null } }, { optedOut: true }] },
      orderBy: [{ title: "asc" }, { id: "asc" }],
      include: { groups: { select: { userId: true, lastSentAt: true } }, optOuts: openOptOut },
    });
    return {
      defaultCooldownSeconds: defaultCooldown,
      chats: rows.map(({ id, title, cooldown, optOuts: [open], groups }) => ({
        id: id.toString(),
        title,
        cooldownSeconds: cooldown,
        optedOut: open !== undefined,
        optOut: open === undefined ? null : { at: open.at.toISOString(), by: open.byName, proof: open.proof },
        users: new Set(groups.map((group) => group.userId)).size,
        lastSentAt: groups
          .flatMap((group) => (group.lastSentAt === null ? [] : [group.lastSentAt.toISOString()]))
          .reduce<string | null>((last, at) => (last === null || at > last ? at : last), null),
      })),
    };
  },

  async start(userId) {
    const now = new Date();
    const [found] = await prisma.$queryRaw<
      [{ unused: number; unusedBack: Date | null; freeSeats: number; longestCooldown: number }]
    >`
        SELECT (SELECT count(*)::int FROM sessions WHERE ${mayBeTakenSql(now)}) AS unused, (${firstUnusedBackSql(now)}) AS "unusedBack",
          (SELECT coalesce(sum(greatest(0, p.capacity - (SELECT count(*) FROM sessions s WHERE s.api_pair_id = p.id))), 0)::int
             FROM api_pairs p) AS "freeSeats",
          (${longestCooldownSql(Sql.sql`g.user_id = ${userId}::uuid`, defaultCooldown)}) AS "longestCooldown"`;
    return found;
  },
});
