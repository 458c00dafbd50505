import type { BotEvent } from "@herald/contract";
import { patiently } from "../lib/patiently.ts";
import type { Change } from "../ports/index.ts";
import { readBot } from "./bot-reading.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** With more slots changed than this, all of them are read instead. */
const MOST_SLOTS = 2_000;
/** Newest lines of the log that one event carries. */
const MOST_LINES = 200;

/** Makes what changed into what dashboards hear: the rows as they are now, once however many listen. */
export function eventService({ events, views, clock }: Dependencies): Services["events"] {
  const composed = new WeakMap<Change, Promise<BotEvent[]>>();

  const compose = async (userId: string, { progress, bot, groups, pool }: Change): Promise<BotEvent[]> => {
    const made: BotEvent[] = [];
    if (progress !== null) {
      const { deliveryIds, logIds } = progress;
      const which = {
        deliveryIds: deliveryIds.length > MOST_SLOTS ? ("all" as const) : deliveryIds,
        logIds: logIds.slice(-MOST_LINES),
      };
      made.push({ type: "progress", ...(await views.progress(userId, which)) });
    }
    if (bot) made.push({ type: "bot", ...(await readBot({ views, clock }, userId)) });
    if (groups) made.push({ type: "groups" });
    if (pool) made.push({ type: "pool" });
    return made;
  };

  const composeOnce = (userId: string, change: Change): Promise<BotEvent[]> => {
    const before = composed.get(change);
    if (before !== undefined) return before;
    const made = compose(userId, change);
    composed.set(change, made);
    // what failed is not kept: who asks again has another try
    made.catch(() => composed.delete(change));
    return made;
  };

  return {
    async *subscribe(listener, since, signal) {
      for await (const { change, before, id } of events.subscribe(listener, since, signal)) {
        const made = await patiently(clock, signal, () => composeOnce(listener.userId, change)).catch((fault) => {
          if (signal.aborted) return [];
          throw fault;
        });
        // only the last moves the subscriber on: one that is cut off between them hears them all again
        for (const [index, event] of made.entries()) yield { id: index === made.length - 1 ? id : before, event };
      }
    },
  };
}
