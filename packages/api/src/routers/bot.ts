import { BotConfigureInput, BotStartInput, LogInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { userProcedure } from "../trpc.ts";

export const bot = {
  start: userProcedure.input(BotStartInput).mutation(({ ctx, input }) => ctx.services.bots.start(ctx.actor, input)),
  stop: userProcedure.mutation(({ ctx }) => ctx.services.bots.stop(ctx.actor, ctx.user.id)),
  status: userProcedure.query(({ ctx }) => ctx.services.bots.status(ctx.user.id)),
  unconfirmed: userProcedure.query(({ ctx }) => ctx.services.bots.unconfirmed(ctx.user.id)),
  configure: userProcedure
    .input(BotConfigureInput)
    .mutation(({ ctx, input }) => ctx.services.bots.configure(ctx.actor, input)),
  forecast: userProcedure
    .input(BotConfigureInput)
    .query(({ ctx, input }) => ctx.services.bots.forecast(ctx.user.id, input)),
  log: userProcedure.input(LogInput).query(({ ctx, input }) => ctx.services.bots.log(ctx.user.id, input)),
} satisfies TRPCRouterRecord;
