import type { Views } from "@herald/core";
import type { Prisma } from "../prisma.ts";

/** Whose posts are due and not confirmed, the longest first. */
export const unconfirmedView = (prisma: Prisma): Pick<Views, "unconfirmed"> => ({
  async unconfirmed(now, userId) {
    const rows = await prisma.$queryRaw<Array<{ userId: string; since: Date; due: number }>>`
      SELECT user_id AS "userId", since, due
      FROM herald_unconfirmed(${now}::timestamptz, ${userId ?? null}::uuid) ORDER BY since, user_id`;
    return rows.map(({ since, ...row }) => ({ ...row, since: since.toISOString() }));
  },
});
