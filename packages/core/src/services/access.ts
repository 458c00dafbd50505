import type { Identity } from "../model/actor.ts";
import type { User } from "../model/domain.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** A use that was noted is not noted again for so long, in ms. */
const NOTED_FOR_MS = 60_000;

/** What is found of a credential, with the user whose it is. */
interface Found {
  user: User;
  id: string;
  /** ended before its time; null: it was not */
  endedAt: Date | null;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** Who is let in, by the rows as they are now. */
export function accessService({ store, hashes, clock }: Dependencies): Services["access"] {
  const letIn = (
    kind: Identity["credential"]["kind"],
    found: Found | null,
    note: (tx: Transaction, id: string, at: Date) => Promise<void>,
  ): Identity | null => {
    const now = clock.now();
    if (found === null || found.user.disabled || found.endedAt !== null) return null;
    const { user, id, expiresAt, lastUsedAt } = found;
    if (expiresAt !== null && expiresAt <= now) return null;
    // nobody waits for this note, and nobody is refused because it could not be made
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= NOTED_FOR_MS)
      void store.transaction((tx) => note(tx, id, now)).catch(() => {});
    return { user, credential: { kind, id, expiresAt } };
  };

  const key = (found: Awaited<ReturnType<Transaction["apiKeys"]["find"]>>): Identity | null =>
    letIn("api_key", found && { ...found.key, user: found.user, endedAt: found.key.revokedAt }, (tx, id, at) =>
      tx.apiKeys.used(id, at),
    );

  const signIn = (found: Awaited<ReturnType<Transaction["signIns"]["find"]>>): Identity | null =>
    letIn(
      "sign_in",
      found && { ...found.signIn, user: found.user, lastUsedAt: found.signIn.lastSeenAt },
      (tx, id, at) => tx.signIns.seen(id, at),
    );

  const bySignIn = async (userId: string, id: string): Promise<Identity | null> => {
    const identity = signIn(await store.transaction((tx) => tx.signIns.find(id)));
    return identity?.user.id === userId ? identity : null;
  };

  return {
    byApiKey: async (text) => key(await store.transaction((tx) => tx.apiKeys.findByHash(hashes.sha256(text)))),

    bySignIn,

    async holds({ user, credential: { kind, id } }) {
      const now =
        kind === "sign_in" ? await bySignIn(user.id, id) : key(await store.transaction((tx) => tx.apiKeys.find(id)));
      return now?.user.role === user.role;
    },
  };
}
