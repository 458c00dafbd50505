import { SessionIdInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure } from "../trpc.ts";

export const sessions = {
  list: adminProcedure.query(({ ctx }) => ctx.services.sessions.list()),
  remove: adminProcedure
    .input(SessionIdInput)
    .mutation(({ ctx, input }) => ctx.services.sessions.remove(ctx.actor, input.id)),
  wake: adminProcedure
    .input(SessionIdInput)
    .mutation(({ ctx, input }) => ctx.services.sessions.wake(ctx.actor, input.id)),
  retry: adminProcedure
    .input(SessionIdInput)
    .mutation(({ ctx, input }) => ctx.services.sessions.retry(ctx.actor, input.id)),
} satisfies TRPCRouterRecord;
