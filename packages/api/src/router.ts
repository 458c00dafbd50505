import { HeraldError } from "@herald/core";
import { getTRPCErrorShape, TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { apiPairs } from "./routers/api-pairs.ts";
import { audit } from "./routers/audit.ts";
import { bot } from "./routers/bot.ts";
import { chats } from "./routers/chats.ts";
import { groups } from "./routers/groups.ts";
import { sessions } from "./routers/sessions.ts";
import { signIns } from "./routers/sign-ins.ts";
import { sync } from "./routers/sync.ts";
import { twoStep } from "./routers/two-step.ts";
import { users } from "./routers/users.ts";
import { adminProcedure, publicProcedure, refusal, router } from "./trpc.ts";

/** Every procedure of the engine. */
export const appRouter = router({
  bot,
  groups,
  sync,
  sessions,
  apiPairs,
  chats,
  users,
  twoStep,
  signIns,
  audit,
  overview: adminProcedure.query(({ ctx }) => ctx.services.overview()),
  health: publicProcedure.query(({ ctx }) => ctx.services.health()),
});
export type AppRouter = typeof appRouter;

/** What a request to tRPC is answered with that comes to no procedure, because of this error. */
export function trpcError(cause: unknown): { status: number; body: object } {
  const error = cause instanceof HeraldError ? refusal(cause) : new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause });
  const { _config: config } = appRouter._def;
  const shape = getTRPCErrorShape({
    config,
    error,
    type: "unknown",
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  return { status: getHTTPStatusCodeFromError(error), body: { error: shape } };
}
