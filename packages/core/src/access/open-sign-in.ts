import { SIGN_IN_DAYS } from "@herald/contract";
import type { User } from "../model/domain.ts";
import type { Transaction } from "../ports/index.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Lets a person in whose credentials are right. Of a sign-in and a new password (or a disabling) at once the later one sees the
 * earlier: the user's row is locked.
 *
 * @param passwordHash what their password was compared with
 * @returns its id; null when they were disabled, or their password changed, since that was read
 */
export async function openSignIn(
  tx: Pick<Transaction, "users" | "signIns" | "audit">,
  {
    user,
    passwordHash,
    at,
    userAgent,
    address,
  }: {
    user: Pick<User, "id" | "name">;
    passwordHash: string;
    at: Date;
    /** what the browser says of itself, and where it comes from */
    userAgent: string | null;
    address: string | null;
  },
): Promise<string | null> {
  if (!(await tx.users.lockForSignIn(user.id, passwordHash))) return null;
  const expiresAt = new Date(at.getTime() + SIGN_IN_DAYS * DAY_MS);
  const signIn = await tx.signIns.add({ userId: user.id, at, expiresAt, userAgent, address });
  await tx.audit({
    actor: { kind: "user", id: user.id, name: user.name },
    action: "sign_in.create",
    target: { kind: "user", id: user.id },
    userId: user.id,
    before: null,
    after: { signIn: signIn.id, userAgent: signIn.userAgent, address: signIn.address },
  });
  return signIn.id;
}
