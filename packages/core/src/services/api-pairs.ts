import { CHANGED, changed } from "../model/audit.ts";
import { HeraldError } from "../model/error.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

export function apiPairService({ store, views }: Dependencies): Services["apiPairs"] {
  const find = async (tx: Transaction, id: string) => {
    const pair = (await tx.apiPairs.list({ forUpdate: true })).find((candidate) => candidate.id === id);
    if (pair === undefined) throw new HeraldError("not_found", "This API pair does not exist any more.");
    return pair;
  };

  return {
    list: () => views.apiPairs(),

    add: (actor, { apiId, apiHash, label, capacity }) =>
      store.transaction(async (tx) => {
        const added = await tx.apiPairs.add({ apiId, apiHash: apiHash.toLowerCase(), label: label || null, capacity });
        if (added === "api_pair_known")
          throw new HeraldError("api_pair_known", `The api_id ${apiId} is there already.`, { field: "apiId" });
        await tx.audit({
          actor,
          action: "api_pair.add",
          target: { kind: "api_pair", id: added.id },
          userId: null,
          before: null,
          after: { apiId, apiHash: CHANGED, label: label || null, capacity },
        });
        await tx.poolChanged();
        return added;
      }),

    update: (actor, { id, label, capacity }) =>
      store.transaction(async (tx) => {
        const pair = await find(tx, id);
        if (capacity !== undefined && capacity < pair.used)
          throw new HeraldError(
            "api_pair_capacity",
            `${pair.used} accounts sit on this pair: it cannot hold fewer. Free seats first.`,
            { field: "capacity", details: { used: pair.used } },
          );
        await tx.apiPairs.update(id, {
          ...(label === undefined ? {} : { label }),
          ...(capacity === undefined ? {} : { capacity }),
        });
        const difference = changed(
          { label: pair.label, capacity: pair.capacity },
          { label: label ?? pair.label, capacity: capacity ?? pair.capacity },
        );
        if (difference !== null)
          await tx.audit({
            actor,
            action: "api_pair.update",
            target: { kind: "api_pair", id },
            userId: null,
            ...difference,
          });
        await tx.poolChanged();
        return { id };
      }),

    remove: (actor, id) =>
      store.transaction(async (tx) => {
        const pair = await find(tx, id);
        if (pair.used > 0)
          throw new HeraldError(
            "api_pair_in_use",
            `${pair.used} accounts sit on this pair. It can be removed when no account uses it.`,
            { details: { used: pair.used } },
          );
        await tx.apiPairs.remove(id);
        await tx.audit({
          actor,
          action: "api_pair.remove",
          target: { kind: "api_pair", id },
          userId: null,
          before: { apiId: pair.apiId, label: pair.label, capacity: pair.capacity },
          after: null,
        });
        await tx.poolChanged();
        return { removed: true };
      }),
  };
}
