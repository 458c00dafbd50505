import type { Actor } from "../model/actor.ts";
import type { Transaction } from "../ports/index.ts";

/**
 * Ends sign-ins of a user: all, `only` one, or all `except` one. Cookies that name them let nobody in any more, and streams that
 * they opened end. Where the user's row is written too, that comes first: its lock decides between this and a sign-in at once.
 *
 * @returns how many went on until now
 */
export async function endSignIns(
  tx: Transaction,
  actor: Actor,
  { at, ...which }: { userId: string; only?: string; except?: string; at: Date },
): Promise<number> {
  const ended = await tx.signIns.end(which, at);
  if (ended.length === 0) return 0;
  const { userId } = which;
  await tx.audit({
    actor,
    action: "sign_in.end",
    target: { kind: "user", id: userId },
    userId,
    before: {
      signIns: ended.map(({ id, createdAt, userAgent, address }) => ({
        id,
        since: createdAt.toISOString(),
        userAgent,
        address,
      })),
    },
    after: null,
  });
  await tx.changed(userId, "bot");
  return ended.length;
}
