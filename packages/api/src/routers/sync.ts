import { serialNumber } from "@herald/contract";
import { HeraldError } from "@herald/core";
import { type TRPCRouterRecord, tracked } from "@trpc/server";
import { z } from "zod";
import { refusal, userProcedure } from "../trpc.ts";

export const sync = {
  state: userProcedure.query(({ ctx }) => ctx.services.sync.state(ctx.user.id)),
  /**
   * Takes up after `lastEventId` (sync.state's `eventId`, or what the browser's EventSource sends), then streams, until who
   * listens would not be let in any more.
   */
  events: userProcedure
    .input(z.object({ lastEventId: serialNumber("`lastEventId` is the id of an event.").nullish() }).default({}))
    .subscription(async function* ({ ctx, input, signal }) {
      const { services, user, identity } = ctx;
      const until = signal ?? new AbortController().signal;
      for await (const { id, event } of services.events.subscribe(
        { userId: user.id, role: user.role },
        input.lastEventId ?? null,
        until,
      )) {
        // what takes somebody's access away says `bot` with it
        if (event.type === "bot" && !(await services.users.holds(identity)))
          throw refusal(new HeraldError("unauthenticated", "Your access has ended, so this stream has too."));
        yield tracked(id, event);
      }
    }),
} satisfies TRPCRouterRecord;
