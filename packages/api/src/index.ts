// tRPC and REST: parse, one service call, DTO.
export { authenticate, isFromPages, SIGN_IN_AUDIENCE, TOKEN_AUDIENCE, TOKEN_ISSUER } from "./auth.ts";
export type { Context } from "./context.ts";
export { refused, toErrorDto } from "./errors.ts";
export { assertShallow, parseJson } from "./json.ts";
export { type RestRoute, restError, restRoutes } from "./rest.ts";
export { type AppRouter, appRouter, trpcError } from "./router.ts";
export { signInRoute } from "./sign-in.ts";
