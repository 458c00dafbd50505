import type { Actor } from "../model/actor.ts";
import type { Transaction } from "../ports/index.ts";

/** Ends every API key of a user, and the streams that they opened. */
export async function revokeKeys(
  tx: Transaction,
  actor: Actor,
  { userId, at }: { userId: string; at: Date },
): Promise<void> {
  const revoked = await tx.apiKeys.revokeAll(userId, at);
  if (revoked.length > 0) await tx.changed(userId, "bot");
  for (const { id, name, prefix, hint } of revoked)
    await tx.audit({
      actor,
      action: "api_key.revoke",
      target: { kind: "api_key", id },
      userId,
      before: { name, prefix, hint },
      after: null,
    });
}
