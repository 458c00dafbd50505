import { appRouter, assertShallow, trpcError } from "@herald/api";
import { bodyLimitOf, LIST_PROCEDURES, MAX_CALLS_PER_REQUEST } from "@herald/contract";
import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import type { Parts } from "./parts.ts";
import { JSON_TYPE, refusing } from "./refusals.ts";
import { timelyBody } from "./timely-body.ts";

const PREFIX = "/trpc/";

type Request = FastifyRequest<{ Params: { path?: string }; Querystring: Record<string, string | string[]> }>;

/** tRPC, over GET, POST and server-sent events. */
export const serveTrpc: FastifyPluginCallback<Parts> = (app, { contextOf, bodyTimeoutMs }, done) => {
  const call = (req: Request, res: FastifyReply) =>
    fastifyRequestHandler({
      router: appRouter,
      maxBatchSize: MAX_CALLS_PER_REQUEST,
      createContext: () => contextOf(req),
      path: req.params.path ?? `${req.routeOptions.url}`.slice(PREFIX.length),
      req,
      res,
    });

  app.setErrorHandler(refusing(trpcError, JSON_TYPE));
  // tRPC parses it, when it knows the procedure
  app.addContentTypeParser(JSON_TYPE, { parseAs: "string" }, async (_request: FastifyRequest, text: string) => {
    assertShallow(text);
    return text;
  });
  app.addHook("onRequest", async (request: Request, reply) => {
    const identity = await contextOf(request)
      .identify()
      .catch(() => null); // the answer tells it, in tRPC's words
    if (identity !== null) {
      for (const text of Object.values(request.query).flat()) assertShallow(text);
      return;
    }
    // who has not said who they are is answered at once, by what needs no body: most often with a refusal
    await call(request, reply);
    return reply;
  });
  app.addHook("preParsing", async ({ headers }, _reply, body) => timelyBody(headers, body, bodyTimeoutMs));
  for (const path of [":path", ...LIST_PROCEDURES])
    app.all(`${PREFIX}${path}`, { bodyLimit: bodyLimitOf(path) }, async (request: Request, reply) => {
      await call(request, reply);
      return reply;
    });
  done();
};
