import { AuditEntryDto } from "@herald/contract";
import type { Views } from "@herald/core";
import type { Prisma } from "../prisma.ts";

/** What an act changed, as it was written. */
const facts = AuditEntryDto.shape.before;

/** The audit, as admins read it: by its ids, newest first. */
export const auditView = (prisma: Prisma): Pick<Views, "audit"> => ({
  async audit({ before, userId, limit }) {
    const rows = await prisma.auditEntry.findMany({
      where: { ...(before === null ? {} : { id: { lt: BigInt(before) } }), ...(userId === null ? {} : { userId }) },
      orderBy: { id: "desc" },
      // one more than asked for tells whether there is another page
      take: limit + 1,
    });
    const entries = rows.slice(0, limit).map((row) => ({
      id: row.id.toString(),
      at: row.at.toISOString(),
      actor: { kind: row.actorKind, id: row.actorId, name: row.actorName, apiKeyId: row.apiKeyId },
      action: row.action,
      target: { kind: row.targetKind, id: row.targetId },
      userId: row.userId,
      before: facts.parse(row.before),
      after: facts.parse(row.after),
    }));
    return { entries, next: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
  },
});
