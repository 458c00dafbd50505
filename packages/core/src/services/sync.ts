import { HeraldError } from "../model/error.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** Lines of the log that a dashboard begins with. */
const LOG_LINES = 100;

export function syncService({ views, events, clock }: Dependencies, bots: Services["bots"]): Services["sync"] {
  return {
    async state(userId) {
      // first, so that nothing that happens while the rest is read is missed by the subscription
      const eventId = await events.newest();
      const [viewer, bot, groups, slots, forecast, log, today] = await Promise.all([
        views.viewer(userId),
        bots.status(userId),
        views.groups(userId),
        views.slots(userId),
        bots.forecast(userId, {}),
        views.log(userId, { before: null, limit: LOG_LINES }),
        views.today(userId),
      ]);
      if (viewer === null) throw new HeraldError("not_found", "This user does not exist any more.");
      return { viewer, bot, groups, slots, forecast, log, today, eventId, now: clock.now().toISOString() };
    },
  };
}
