import { AuditListInput } from "@herald/contract";
import type { TRPCRouterRecord } from "@trpc/server";
import { adminProcedure } from "../trpc.ts";

export const audit = {
  list: adminProcedure.input(AuditListInput).query(({ ctx, input }) => ctx.services.audit.list(input)),
} satisfies TRPCRouterRecord;
