import { BothStepsInput, TwoStepBeginInput, TwoStepConfirmInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { personProcedure } from "../trpc.ts";

export const twoStep = {
  status: personProcedure.query(({ ctx }) => ctx.services.twoStep.status(ctx.user.id)),
  begin: personProcedure
    .input(TwoStepBeginInput)
    .mutation(({ ctx, input }) => ctx.services.twoStep.begin(ctx.actor, input.password)),
  confirm: personProcedure
    .input(TwoStepConfirmInput)
    .mutation(({ ctx, input }) => ctx.services.twoStep.confirm(ctx.actor, input.code)),
  renewCodes: personProcedure
    .input(BothStepsInput)
    .mutation(({ ctx, input }) => ctx.services.twoStep.renewCodes(ctx.actor, input)),
  turnOff: personProcedure
    .input(BothStepsInput)
    .mutation(({ ctx, input }) => ctx.services.twoStep.turnOff(ctx.actor, input)),
} satisfies TRPCRouterRecord;
