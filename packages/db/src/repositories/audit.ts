import type { Actor, AuditEntry, Facts } from "@herald/core";
import { Prisma } from "../generated/client.ts";
import type { PrismaTransaction } from "../prisma.ts";
import { storableFacts } from "../text.ts";

/** The columns that an actor is kept in. */
export const fromActor = (actor: Actor) => ({
  kind: actor.kind,
  id: actor.kind === "system" ? null : actor.id,
  name: actor.name,
});

const json = (facts: Facts | null) => (facts === null ? Prisma.DbNull : storableFacts(facts));

/** Adds to the audit; nothing ever changes what stands there. */
export async function writeAudit(tx: PrismaTransaction, entry: AuditEntry): Promise<void> {
  const { kind, id, name } = fromActor(entry.actor);
  await tx.auditEntry.create({
    data: {
      actorKind: kind,
      actorId: id,
      actorName: name,
      apiKeyId: entry.actor.kind === "api_key" ? entry.actor.keyId : null,
      action: entry.action,
      targetKind: entry.target.kind,
      targetId: entry.target.id,
      userId: entry.userId,
      before: json(entry.before),
      after: json(entry.after),
    },
    select: { id: true },
  });
}
