import { UserCreateInput, UserIdInput, UserUpdateInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure, userProcedure } from "../trpc.ts";

export const users = {
  viewer: userProcedure.query(({ ctx }) => ctx.services.users.viewer(ctx.user.id)),
  createApiKey: userProcedure.mutation(({ ctx }) => ctx.services.users.createApiKey(ctx.user.id)),
  revokeApiKey: userProcedure.mutation(({ ctx }) => ctx.services.users.revokeApiKey(ctx.user.id)),
  list: adminProcedure.query(({ ctx }) => ctx.services.users.list()),
  create: adminProcedure.input(UserCreateInput).mutation(({ ctx, input }) => ctx.services.users.create(input)),
  update: adminProcedure.input(UserUpdateInput).mutation(({ ctx, input }) => ctx.services.users.update(input)),
  stopBot: adminProcedure.input(UserIdInput).mutation(({ ctx, input }) => ctx.services.bots.stop(input.id, "admin")),
  clearBreaker: adminProcedure
    .input(UserIdInput)
    .mutation(({ ctx, input }) => ctx.services.bots.clearBreaker(input.id)),
} satisfies TRPCRouterRecord;
