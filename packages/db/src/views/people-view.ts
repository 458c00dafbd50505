import type { Views } from "@herald/core";
import type { Prisma } from "../prisma.ts";
import { toPlan } from "../rows.ts";
import { isId } from "../text.ts";
import { iso } from "./dto.ts";

/** More sign-ins than a person looks through. */
const MOST_SIGN_INS = 100;

export const peopleView = (prisma: Prisma): Pick<Views, "viewer" | "users" | "signIns"> => ({
  async viewer(userId) {
    const row = isId(userId)
      ? await prisma.user.findUnique({
          where: { id: userId },
          include: { apiKeys: { where: { revokedAt: null }, orderBy: { createdAt: "desc" }, take: 1 } },
        })
      : null;
    if (row === null) return null;
    const { id, email, name, role, timeZone } = row;
    return { id, email, name, role, timeZone, plan: toPlan(row), apiKeyHint: row.apiKeys[0]?.hint ?? null };
  },

  async users() {
    const rows = await prisma.user.findMany({
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      include: {
        bot: { select: { status: true, breakerTrippedAt: true } },
        twoStep: { select: { confirmedAt: true } },
        stats: { select: { totalMessagesSent: true } },
        _count: { select: { sessions: true, groups: true } },
      },
    });
    return rows.map((row) => ({
      id: row.id,
      email: row.email,
      name: row.name,
      role: row.role,
      plan: toPlan(row),
      disabled: row.disabled,
      botStatus: row.bot?.status ?? "stopped",
      sessionCount: row._count.sessions,
      groupCount: row._count.groups,
      messagesSent: row.stats?.totalMessagesSent ?? 0,
      breakerTrippedAt: iso(row.bot?.breakerTrippedAt ?? null),
      twoStep: (row.twoStep?.confirmedAt ?? null) !== null,
      createdAt: row.createdAt.toISOString(),
    }));
  },

  async signIns(userId, now) {
    const rows = await prisma.signIn.findMany({
      where: { userId, endedAt: null, expiresAt: { gt: now } },
      orderBy: [{ lastSeenAt: "desc" }, { id: "asc" }],
      take: MOST_SIGN_INS,
    });
    return rows.map(({ id, createdAt, lastSeenAt, expiresAt, userAgent, address }) => ({
      id,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      userAgent,
      address,
    }));
  },
});
