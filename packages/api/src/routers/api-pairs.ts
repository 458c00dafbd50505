import { ApiPairAddInput, ApiPairIdInput, ApiPairUpdateInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure } from "../trpc.ts";

export const apiPairs = {
  list: adminProcedure.query(({ ctx }) => ctx.services.apiPairs.list()),
  add: adminProcedure.input(ApiPairAddInput).mutation(({ ctx, input }) => ctx.services.apiPairs.add(ctx.actor, input)),
  update: adminProcedure
    .input(ApiPairUpdateInput)
    .mutation(({ ctx, input }) => ctx.services.apiPairs.update(ctx.actor, input)),
  remove: adminProcedure
    .input(ApiPairIdInput)
    .mutation(({ ctx, input }) => ctx.services.apiPairs.remove(ctx.actor, input.id)),
} satisfies TRPCRouterRecord;
