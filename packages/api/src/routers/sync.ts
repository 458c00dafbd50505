import { type TRPCRouterRecord, tracked } from "@trpc/server";
import { z } from "zod";
import { userProcedure } from "../trpc.ts";

export const sync = {
  state: userProcedure.query(({ ctx }) => ctx.services.sync.state(ctx.user.id)),
  /** Takes up after `lastEventId` (sync.state's `eventId`, or what the browser's EventSource sends), then streams. */
  events: userProcedure
    .input(z.object({ lastEventId: z.string().max(18, { abort: true }).regex(/^\d+$/).nullish() }).default({}))
    .subscription(async function* ({ ctx, input, signal }) {
      const { services, user } = ctx;
      const until = signal ?? new AbortController().signal;
      for await (const { id, event } of services.events.subscribe(
        { userId: user.id, role: user.role },
        input.lastEventId ?? null,
        until,
      ))
        yield tracked(id, event);
    }),
} satisfies TRPCRouterRecord;
