import type { Change } from "@herald/core";
import type { EventRow } from "./event-row.ts";

/** A burst of events, folded into what they say together. */
export function changeOf(rows: readonly EventRow[]): Change {
  const types = new Set(rows.map((row) => row.type));
  return {
    progress: types.has("progress")
      ? {
          deliveryIds: [...new Set(rows.flatMap((row) => row.deliveryIds))],
          logIds: rows.flatMap((row) => row.logIds),
        }
      : null,
    bot: types.has("bot"),
    groups: types.has("groups"),
    pool: types.has("pool"),
  };
}

/** For who has missed too much to be told what changed. */
export const everything = ({ admin }: { admin: boolean }): Change => ({
  progress: { deliveryIds: "all", logIds: [] },
  bot: true,
  groups: true,
  pool: admin,
});
