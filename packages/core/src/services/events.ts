import type { BotEvent } from "@herald/contract";
import { patiently } from "../lib/patiently.ts";
import type { Identity } from "../model/actor.ts";
import { HeraldError } from "../model/error.ts";
import type { Change } from "../ports/index.ts";
import { readBot } from "./bot-reading.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** With more slots changed than this, all of them are read instead. */
const MOST_SLOTS = 2_000;
/** Newest lines of the log that one event carries. */
const MOST_LINES = 200;
/**
 * Whether a listener would be let in still is asked so often, in ms, besides whenever an event may say otherwise: for what was
 * changed by hand, and what was told in the moment in which the stream began.
 */
const ACCESS_EVERY_MS = 30_000;

/** Makes what changed into what dashboards hear: the rows as they are now, once however many listen. */
export function eventService(
  { events, views, clock }: Dependencies,
  access: Pick<Services["access"], "holds">,
): Services["events"] {
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

  /** Ends when `signal` aborts (false) or the identity does not hold any more (true). */
  const outlived = async (identity: Identity, signal: AbortSignal): Promise<boolean> => {
    const end = identity.credential.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    for (;;) {
      await clock.sleep(Math.min(ACCESS_EVERY_MS, end - clock.now().getTime()), signal);
      if (signal.aborted) return false;
      if (clock.now().getTime() >= end) return true;
      // one that cannot be asked about is asked about again
      if (!(await access.holds(identity).catch(() => true))) return true;
    }
  };

  return {
    async *subscribe(identity, since, signal) {
      const { id: userId, role } = identity.user;
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal]);
      let isOut = false;
      const leave = () => {
        isOut = true;
        over.abort();
      };
      void outlived(identity, until).then((out) => out && leave());
      try {
        for await (const { change, before, id } of events.subscribe({ userId, role }, since, until)) {
          const made = await patiently(clock, until, async () => {
            // what takes somebody's access away says `bot` with it: they hear nothing more, not even what came before
            if (!change.bot || (await access.holds(identity))) return composeOnce(userId, change);
            leave();
            return [];
          }).catch((fault) => {
            if (until.aborted) return [];
            throw fault;
          });
          // only the last moves the subscriber on: one that is cut off between them hears them all again
          for (const [index, event] of made.entries()) {
            if (until.aborted) break;
            yield { id: index === made.length - 1 ? id : before, event };
          }
        }
      } finally {
        over.abort();
      }
      if (isOut) throw new HeraldError("unauthenticated", "Your access has ended, so this stream has too.");
    },
  };
}
