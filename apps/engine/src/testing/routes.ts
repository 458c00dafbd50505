import type { FastifyInstance } from "fastify";
import type { Procedure } from "./procedures.ts";

/**
 * Every route of the engine but tRPC's: who may call it (`pages`: their process, for nobody, and no person and no key), the procedure of which it does the same, and what its address has
 * behind it.
 */
export const routes: Record<string, { who: Procedure["who"] | "pages"; like?: string; query?: string }> = {
  "POST /api/bot/start": { who: "user", like: "bot.start" },
  "POST /api/bot/stop": { who: "user" },
  "GET /api/bot/status": { who: "user" },
  "GET /api/sync/state": { who: "user" },
  "POST /api/sessions/upload": { who: "admin", query: "?name=empty.session" },
  "GET /api/health": { who: "anyone" },
  "POST /internal/sign-in": { who: "pages" },
  "GET /live": { who: "anyone" },
  "GET /ready": { who: "anyone" },
};

/** What an engine serves, as it says itself: `GET /live`. Where it serves GET it answers HEAD too. */
export const served = (http: FastifyInstance): string[] =>
  [...http.printRoutes({ commonPrefix: false }).matchAll(/^[├└]── (\S+) \((.*)\)$/gm)].flatMap(
    ([, path, methods = ""]) =>
      methods
        .split(", ")
        .filter((method) => method !== "HEAD")
        .map((method) => `${method} ${path}`),
  );
