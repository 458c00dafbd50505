import { SignInEndOthersInput, SignInIdInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { personProcedure } from "../trpc.ts";

export const signIns = {
  list: personProcedure.query(({ ctx }) => ctx.services.signIns.list(ctx.user.id, ctx.signInId)),
  end: personProcedure.input(SignInIdInput).mutation(({ ctx, input }) => ctx.services.signIns.end(ctx.actor, input.id)),
  endOthers: personProcedure
    .input(SignInEndOthersInput)
    .mutation(({ ctx, input }) => ctx.services.signIns.endOthers(ctx.actor, ctx.signInId, input)),
} satisfies TRPCRouterRecord;
