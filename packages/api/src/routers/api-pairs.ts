import { ApiPairAddInput, ApiPairIdInput, ApiPairUpdateInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure } from "../trpc.ts";

export const apiPairs = {
  list: adminProcedure.query(({ ctx }) => ctx.services.apiPairs.list()),
  add: adminProcedure.input(ApiPairAddInput).mutation(({ ctx, input }) => ctx.services.apiPairs.add(input)),
  update: adminProcedure.input(ApiPairUpdateInput).mutation(({ ctx, input }) => ctx.services.apiPairs.update(input)),
  remove: adminProcedure.input(ApiPairIdInput).mutation(({ ctx, input }) => ctx.services.apiPairs.remove(input.id)),
} satisfies TRPCRouterRecord;
