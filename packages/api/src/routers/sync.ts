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
      const { services, identity } = ctx;
      const until = signal ?? new AbortController().signal;
      try {
        for await (const { id, event } of services.events.subscribe(identity, input.lastEventId ?? null, until))
          yield tracked(id, event);
      } catch (error) {
        throw error instanceof HeraldError ? refusal(error) : error;
      }
    }),
} satisfies TRPCRouterRecord;
