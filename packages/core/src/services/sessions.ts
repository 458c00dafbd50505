import { changed } from "../model/audit.ts";
import { HeraldError } from "../model/error.ts";
import { afterCommit } from "../pool/session-files.ts";
import { BEING_CHECKED } from "../pool/session-trial.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";
import { sessionRetry } from "./session-retry.ts";
import { auditFacts, foundSession } from "./session-rows.ts";
import { sessionUpload } from "./session-upload.ts";

export function sessionService(deps: Dependencies): Services["sessions"] {
  const { store, views, leases, sessionFiles, onFault } = deps;

  return {
    list: () => views.sessions(),
    upload: sessionUpload(deps),
    retry: sessionRetry(deps),

    async remove(actor, id) {
      await store.transaction((tx) => foundSession(tx, id));
      // whoever uses the key now would go on with it while it is uploaded anew
      const lease = await leases.acquire(id);
      try {
        await store.transaction(async (tx) => {
          const session = await foundSession(tx, id);
          if (session.place === "assigned")
            throw new HeraldError(
              "session_in_use",
              `${session.label} works for a bot. Only unused or banned accounts can be removed.`,
            );
          if (lease === null)
            throw new HeraldError(
              "session_in_use",
              `${session.label} is connected to Telegram at this moment. Nothing was removed: try again in a few seconds.`,
            );
          // in vain when the transaction fails or runs again, which does no harm: it is found there too
          await sessionFiles.unsettle(id);
          await tx.sessions.remove(id);
          await tx.audit({
            actor,
            action: "session.remove",
            target: { kind: "session", id },
            userId: null,
            before: auditFacts(session),
            after: null,
          });
          await tx.poolChanged();
        });
        await afterCommit(onFault, id, () => sessionFiles.remove(id));
      } finally {
        await lease?.release();
      }
      return { removed: true };
    },

    async wake(actor, id) {
      await store.transaction(async (tx) => {
        const session = await foundSession(tx, id);
        if (session.code === BEING_CHECKED)
          throw new HeraldError("session_in_use", `${session.label} cannot be woken: ${session.reason}.`);
        // an account that several groups refused because it was limited may be tried there again
        if (session.code !== null) await tx.sessionChats.reopen(id, session.code);
        await tx.sessions.rest(id, null);
        const { needsAdmin, reason, code } = session;
        const difference = changed(
          { needsAdmin, restingUntil: session.restingUntil?.toISOString() ?? null, reason, code },
          { needsAdmin: false, restingUntil: null, reason: null, code: null },
        );
        if (difference !== null && session.place !== "banned")
          await tx.audit({
            actor,
            action: "session.wake",
            target: { kind: "session", id },
            userId: session.userId,
            ...difference,
          });
        await tx.poolChanged();
        if (session.userId !== null) await tx.changed(session.userId, "bot");
      });
      return { woken: true };
    },
  };
}
