import { type AppRouter, appRouter, authenticate, type Context, restError, restRoutes } from "@herald/api";
import { MAX_SESSION_FILE_BYTES } from "@herald/contract";
import type { Identity, Services } from "@herald/core";
import { type FastifyTRPCPluginOptions, fastifyRequestHandler, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from "fastify";

/** Five session files a request, in base64. */
const BODY_LIMIT_BYTES = 5 * Math.ceil((MAX_SESSION_FILE_BYTES * 4) / 3) + 64 * 1024;

/** The engine's HTTP side: tRPC under /trpc, the seeds' REST endpoints under /api. */
export async function createHttp(options: {
  services: Services;
  jwtSecret: Uint8Array;
  log: FastifyBaseLogger;
  /** false from the moment that the engine is to stop: /ready fails first */
  isReady: () => boolean;
}): Promise<FastifyInstance> {
  const { services, jwtSecret, log, isReady } = options;
  const app = fastify({
    loggerInstance: log,
    // a line a request would drown what matters, and its URL can carry input
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 5000 },
    forceCloseConnections: true,
  });

  const contexts = new WeakMap<FastifyRequest, Context>();
  const contextOf = (request: FastifyRequest): Context => {
    let context = contexts.get(request);
    if (context === undefined) {
      let identity: Promise<Identity | null> | undefined;
      context = {
        services,
        identify: () => {
          identity ??= authenticate(request.headers.authorization, { secret: jwtSecret, users: services.users });
          return identity;
        },
        fault: (error) => request.log.error({ err: error }, "a request failed by a fault of ours"),
      };
      contexts.set(request, context);
    }
    return context;
  };

  const trpcOptions = { router: appRouter, createContext: ({ req }: { req: FastifyRequest }) => contextOf(req) };
  await app.register((trpc, _options, done) => {
    // who has not said who they are is answered at once, by what needs no body: most often with a refusal
    trpc.addHook<{ Params: { path?: string } }>("onRequest", async (request, reply) => {
      const identity = await contextOf(request)
        .identify()
        .catch(() => null); // the answer tells it, in tRPC's words
      if (identity !== null) return;
      await fastifyRequestHandler({ ...trpcOptions, req: request, res: reply, path: request.params.path ?? "" });
      return reply;
    });
    void trpc.register(fastifyTRPCPlugin, {
      prefix: "/trpc",
      trpcOptions,
    } satisfies FastifyTRPCPluginOptions<AppRouter>);
    done();
  });

  for (const { method, path, admit, handle } of restRoutes)
    app.route({
      method,
      url: path,
      onRequest: async (request) => {
        await admit(contextOf(request));
      },
      handler: async (request) => handle(contextOf(request), request.body),
    });

  /** Alive: the process answers. Ready: it takes work. */
  app.get("/live", () => ({ status: "ok" }));
  app.get("/ready", (_request, reply) => (isReady() ? { status: "ok" } : reply.code(503).send({ status: "stopping" })));

  app.setErrorHandler((error, request, reply) => {
    // Fastify's own refusals of a body it cannot read are the caller's
    const clientFault = error instanceof Error && "statusCode" in error && Number(error.statusCode) < 500;
    if (clientFault)
      return reply.code(400).send({
        detail: "This request cannot be read: send JSON with Content-Type application/json.",
        code: "invalid_input",
      });
    const { status, body } = restError(error);
    if (status >= 500) request.log.error({ err: error }, "a request failed by a fault of ours");
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ detail: "There is nothing at this address.", code: "not_found" }),
  );
  return app;
}
