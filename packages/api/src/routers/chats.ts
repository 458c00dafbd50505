import { ChatUpdateInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure } from "../trpc.ts";

export const chats = {
  list: adminProcedure.query(({ ctx }) => ctx.services.chats.list()),
  update: adminProcedure
    .input(ChatUpdateInput)
    .mutation(({ ctx, input }) => ctx.services.chats.update(ctx.actor, input)),
} satisfies TRPCRouterRecord;
