import { readBot } from "./bot-reading.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** Lines of the log that a dashboard begins with. */
const LOG_LINES = 100;

export function syncService(deps: Dependencies): Services["sync"] {
  const { views, events, clock } = deps;
  return {
    async state(userId) {
      // first, so that nothing that happens while the rest is read is missed by the subscription
      const eventId = await events.newest();
      const now = clock.now();
      const reading = readBot(deps, userId);
      const [{ viewer, status: bot, forecast }, groups, slots, log, today] = await Promise.all([
        reading,
        views.groups(userId),
        reading.then(({ status: { cycle } }) => (cycle === null ? [] : views.slots(userId, cycle.id))),
        views.log(userId, { before: null, limit: LOG_LINES }),
        reading.then(({ viewer }) => views.today(viewer, now)),
      ]);
      return { viewer, bot, groups, slots, forecast, log, today, eventId, now: now.toISOString() };
    },
  };
}
