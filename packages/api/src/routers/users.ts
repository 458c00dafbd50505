import { ChangePasswordInput, TimeZoneInput, UserCreateInput, UserIdInput, UserUpdateInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure, personProcedure, userProcedure } from "../trpc.ts";

export const users = {
  viewer: userProcedure.query(({ ctx }) => ctx.services.users.viewer(ctx.user.id)),
  createApiKey: userProcedure.mutation(({ ctx }) => ctx.services.users.createApiKey(ctx.actor)),
  revokeApiKey: userProcedure.mutation(({ ctx }) => ctx.services.users.revokeApiKey(ctx.actor)),
  changePassword: personProcedure
    .input(ChangePasswordInput)
    .mutation(({ ctx, input }) => ctx.services.users.changePassword(ctx.actor, ctx.signInId, input)),
  setTimeZone: userProcedure
    .input(TimeZoneInput)
    .mutation(({ ctx, input }) => ctx.services.users.setTimeZone(ctx.actor, input.timeZone)),
  list: adminProcedure.query(({ ctx }) => ctx.services.users.list()),
  create: adminProcedure
    .input(UserCreateInput)
    .mutation(({ ctx, input }) => ctx.services.users.create(ctx.actor, input)),
  update: adminProcedure
    .input(UserUpdateInput)
    .mutation(({ ctx, input }) => ctx.services.users.update(ctx.actor, input)),
  resetTwoStep: adminProcedure
    .input(UserIdInput)
    .mutation(({ ctx, input }) => ctx.services.twoStep.reset(ctx.actor, input.id)),
  stopBot: adminProcedure.input(UserIdInput).mutation(({ ctx, input }) => ctx.services.bots.stop(ctx.actor, input.id)),
  clearBreaker: adminProcedure
    .input(UserIdInput)
    .mutation(({ ctx, input }) => ctx.services.bots.clearBreaker(ctx.actor, input.id)),
} satisfies TRPCRouterRecord;
