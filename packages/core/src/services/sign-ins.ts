import { endSignIns } from "../access/end-sign-ins.ts";
import { revokeKeys } from "../access/revoke-keys.ts";
import { HeraldError } from "../model/error.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

export function signInsService({ store, views, clock }: Dependencies): Services["signIns"] {
  return {
    async list(userId, currentId) {
      const signIns = await views.signIns(userId, clock.now());
      const all = signIns.map((signIn) => ({ ...signIn, isCurrent: signIn.id === currentId }));
      return [...all.filter(({ isCurrent }) => isCurrent), ...all.filter(({ isCurrent }) => !isCurrent)];
    },

    async end(actor, id) {
      const at = clock.now();
      const ended = await store.transaction((tx) => endSignIns(tx, actor, { userId: actor.id, only: id, at }));
      if (ended === 0) throw new HeraldError("not_found", "You have no such sign-in: it may have ended already.");
      return { ended };
    },

    endOthers(actor, currentId, { apiKey }) {
      const [userId, at] = [actor.id, clock.now()];
      return store.transaction(async (tx) => {
        if (apiKey) await revokeKeys(tx, actor, { userId, at });
        return { ended: await endSignIns(tx, actor, { userId, except: currentId, at }) };
      });
    },
  };
}
