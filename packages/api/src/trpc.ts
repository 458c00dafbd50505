import { type ErrorDto, unreadable, wrongContentType } from "@herald/contract";
import { actorOf, HeraldError } from "@herald/core";
import { initTRPC, type TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import type { Context } from "./context.ts";
import { statusOf, toErrorDto } from "./errors.ts";

/** tRPC's word for each HTTP status that {@link statusOf} gives. */
const byStatus: Record<number, TRPC_ERROR_CODE_KEY> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  408: "TIMEOUT",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};

/** How often a quiet event stream says that it is there, so that a dashboard knows a silent one for lost. */
const PING_MS = 10_000;

/** What a caller is told of an error of tRPC's. */
function told({ code, cause }: TRPCError): ErrorDto {
  if (cause instanceof HeraldError || cause instanceof ZodError) return toErrorDto(cause);
  switch (code) {
    case "INTERNAL_SERVER_ERROR":
      return toErrorDto(null);
    case "NOT_FOUND":
    case "METHOD_NOT_SUPPORTED":
      return { code: "not_found", message: "There is no such procedure." };
    case "UNSUPPORTED_MEDIA_TYPE":
      return wrongContentType("application/json");
    default:
      return unreadable;
  }
}

const t = initTRPC.context<Context>().create({
  sse: {
    ping: { enabled: true, intervalMs: PING_MS },
    client: { reconnectAfterInactivityMs: 3 * PING_MS },
  },
  // The shape that leaves: code, message and field of ours, tRPC's own `code` and `httpStatus`; never a stack or a cause.
  errorFormatter({ shape, error }) {
    const ours = told(error);
    return {
      code: shape.code,
      message: ours.message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, herald: ours },
    };
  },
});

/** A refusal of the domain, with its HTTP status. */
export const refusal = (cause: HeraldError): TRPCError =>
  new TRPCError({ code: byStatus[statusOf(toErrorDto(cause))] ?? "INTERNAL_SERVER_ERROR", cause });

/** Gives a refusal of the domain its HTTP status, and writes a fault of ours down. */
const translate = t.middleware(async ({ ctx, next }) => {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (cause instanceof HeraldError) {
    if (cause.cause !== undefined) ctx.fault(cause.cause);
    throw refusal(cause);
  }
  if (result.error.code === "INTERNAL_SERVER_ERROR") ctx.fault(cause ?? result.error);
  return result;
});

const authenticated = t.middleware(async ({ ctx, next }) => {
  const identity = await ctx.identify();
  if (identity === null)
    throw new HeraldError("unauthenticated", "Sign in first: the token is missing, expired or not for this engine.");
  return next({ ctx: { ...ctx, identity, user: identity.user, actor: actorOf(identity, "user") } });
});

export const router = t.router;
export const publicProcedure = t.procedure.use(translate);
export const userProcedure = publicProcedure.use(authenticated);
/** For who is signed in on the pages: how a person signs in is not for a program with their key to see or change. */
export const personProcedure = userProcedure.use(({ ctx, next }) => {
  const { credential } = ctx.identity;
  if (credential.kind !== "sign_in")
    throw new HeraldError("forbidden", "An API key may not do this: sign in on the pages. Nothing was changed.");
  return next({ ctx: { ...ctx, signInId: credential.id } });
});
export const adminProcedure = userProcedure.use(({ ctx, next }) => {
  if (ctx.user.role !== "admin") throw new HeraldError("forbidden", "Only an admin may do this.");
  return next({ ctx: { ...ctx, actor: actorOf(ctx.identity, "admin") } });
});
