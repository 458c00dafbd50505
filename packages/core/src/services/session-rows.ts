import type { Facts } from "../model/audit.ts";
import type { Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Transaction } from "../ports/index.ts";

/** What the audit keeps of a session: nothing that its phone or key could be read from. */
export const auditFacts = ({ label, fileName, username, phoneMasked, telegramUserId, place }: Session): Facts => ({
  label,
  fileName,
  username,
  phoneMasked,
  telegramUserId,
  place,
});

/** @throws HeraldError `not_found` */
export async function foundSession(tx: Transaction, id: string): Promise<Session> {
  const session = await tx.sessions.find(id);
  if (session === null) throw new HeraldError("not_found", "This account is not in the pool any more.");
  return session;
}

/** An engine that stood still may have lost the lease, and an admin decided on the session meanwhile. */
export const overtaken = () =>
  new HeraldError(
    "session_in_use",
    "Another admin has tried or removed this account meanwhile: see the list of accounts.",
  );
