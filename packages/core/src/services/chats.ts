import { unmarkedTwin } from "@herald/contract";
import { changed } from "../model/audit.ts";
import { HeraldError } from "../model/error.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** @throws HeraldError `chat_twin` */
async function refuseTwin(tx: Transaction, id: string): Promise<void> {
  const twin = unmarkedTwin(id);
  if (twin === undefined || (await tx.chats.exists(id)) || !(await tx.chats.exists(twin))) return;
  throw new HeraldError(
    "chat_twin",
    `No chat ${id} is known, but ${twin} is: an id of a supergroup begins with -100. Nothing was changed. Use ${twin}, or say that ${id} is meant as it stands.`,
    { field: "id", details: { twin } },
  );
}

export function chatService({ store, views, clock }: Dependencies): Services["chats"] {
  return {
    list: () => views.chats(),

    async update(actor, { id: given, cooldownSeconds, optedOut, proof, exactId }) {
      await store.transaction(async (tx) => {
        if (exactId !== true) await refuseTwin(tx, given);
        const { id, ...before } = await tx.chats.lock(given);
        if (proof && !(optedOut ?? before.optedOut))
          throw new HeraldError(
            "invalid_input",
            "A proof says why a chat is on the opt-out list, and this one would not be. Nothing was changed.",
            { field: "proof" },
          );
        const difference = changed(
          { cooldownSeconds: before.cooldownSeconds, optedOut: before.optedOut, proof: before.proof },
          {
            ...(cooldownSeconds === undefined ? {} : { cooldownSeconds }),
            ...(optedOut === undefined ? {} : { optedOut }),
            ...(optedOut === false ? { proof: null } : proof ? { proof } : {}),
          },
        );
        if (difference === null) return;
        if (cooldownSeconds !== undefined) await tx.chats.setCooldown(id, cooldownSeconds);
        if (optedOut === false) await tx.chats.revokeOptOut(id, actor, clock.now());
        else if (optedOut === true && !before.optedOut) await tx.chats.optOut(id, actor, proof || null);
        else if (proof) await tx.chats.setOptOutProof(id, proof);
        await tx.audit({
          actor,
          action: "chat.update",
          target: { kind: "chat", id },
          userId: null,
          ...difference,
        });
        await tx.poolChanged();
      });
      return views.chats();
    },
  };
}
