import { GroupsAddInput, GroupsRemoveInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { userProcedure } from "../trpc.ts";

export const groups = {
  list: userProcedure.query(({ ctx }) => ctx.services.groups.list(ctx.user.id)),
  add: userProcedure
    .input(GroupsAddInput)
    .mutation(({ ctx, input }) => ctx.services.groups.add(ctx.actor, input.lines)),
  remove: userProcedure
    .input(GroupsRemoveInput)
    .mutation(({ ctx, input }) => ctx.services.groups.remove(ctx.actor, input.ids)),
  reactivate: userProcedure
    .input(GroupsRemoveInput)
    .mutation(({ ctx, input }) => ctx.services.groups.reactivate(ctx.actor, input.ids)),
} satisfies TRPCRouterRecord;
