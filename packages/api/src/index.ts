// tRPC and REST: parse, one service call, DTO.
export { authenticate, TOKEN_AUDIENCE, TOKEN_ISSUER } from "./auth.ts";
export type { Context } from "./context.ts";
export { toErrorDto } from "./errors.ts";
export { type RestRoute, restError, restRoutes } from "./rest.ts";
export { type AppRouter, appRouter } from "./router.ts";
