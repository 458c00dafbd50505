import { authenticate, type Context, isFromPages, refused, restError, trpcError } from "@herald/api";
import { unreadable } from "@herald/contract";
import { HeraldError, type Identity, type Services } from "@herald/core";
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import { ANSWER_HEADERS, JSON_TYPE, refuseClient, refusing } from "./http/refusals.ts";
import { serveFiles, serveRest } from "./http/rest.ts";
import { hasBody } from "./http/timely-body.ts";
import { serveTrpc } from "./http/trpc.ts";

/** How long a client may take, in milliseconds. Answers may take longer: an event stream has no end. */
export const TIMEOUTS = {
  /** for the headers of a request, from the connection on */
  head: 10_000,
  /** for a body of JSON */
  body: 10_000,
  /** for a request from its first byte to its last: a session file of 16 MiB at half a megabit a second */
  request: 300_000,
  /** between two requests on a connection */
  idle: 15_000,
  /** how often connections are looked at: one may take so much longer for its headers, or for a file */
  look: 2_000,
};

/** Longest path of a call: the names of several procedures with commas between them. */
const LONGEST_PATH = 1000;

/** The engine's HTTP side: tRPC under /trpc, the REST endpoints under /api, what the pages alone may ask under /internal. */
export async function createHttp(options: {
  services: Services;
  jwtSecret: Uint8Array;
  log: FastifyBaseLogger;
  /** false from the moment that the engine is to stop: /ready fails first */
  isReady: () => boolean;
  timeouts?: typeof TIMEOUTS;
}): Promise<FastifyInstance> {
  const { services, jwtSecret, log, isReady, timeouts = TIMEOUTS } = options;
  const app = fastify({
    loggerInstance: log,
    // a line a request would drown what matters, and its URL can carry input
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: LONGEST_PATH },
    forceCloseConnections: true,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.idle,
    http: {
      headersTimeout: timeouts.head,
      requestTimeout: timeouts.request,
      connectionsCheckingInterval: timeouts.look,
    },
    clientErrorHandler: refuseClient,
    // of an address that is none, or is too long: before any hook
    frameworkErrors: (_error, request, reply) => {
      const refuse = refusing(request.url.startsWith("/trpc/") ? trpcError : restError, JSON_TYPE);
      return refuse(refused(unreadable), request, reply.headers(ANSWER_HEADERS));
    },
  });

  const contexts = new WeakMap<FastifyRequest, Context>();
  const contextOf = (request: FastifyRequest): Context => {
    let context = contexts.get(request);
    if (context === undefined) {
      let identity: Promise<Identity | null> | undefined;
      context = {
        services,
        identify: () => {
          identity ??= authenticate(request.headers.authorization, { secret: jwtSecret, access: services.access });
          return identity;
        },
        isFromPages: () => isFromPages(request.headers.authorization, jwtSecret),
        fault: (error) => request.log.error({ err: error }, "a request failed by a fault of ours"),
      };
      contexts.set(request, context);
    }
    return context;
  };

  app.setErrorHandler(refusing(restError, JSON_TYPE));
  // each kind of route says what it reads; where there is no route, nothing is read
  app.removeAllContentTypeParsers();
  app.addHook("onRequest", async (request) => {
    if (request.is404) throw new HeraldError("not_found", "There is nothing at this address.");
  });
  app.addHook("onSend", async (request, reply, payload) => {
    reply.headers(ANSWER_HEADERS);
    // an event stream brings its own, which fastify would take; the second word keeps proxies from holding it back
    if (payload instanceof Response && payload.headers.has("cache-control"))
      payload.headers.set("cache-control", `${ANSWER_HEADERS["cache-control"]}, no-transform`);
    // what is still to come of a refused request is not read
    if (!request.raw.complete && hasBody(request.headers)) reply.header("connection", "close");
  });

  const parts = { contextOf, bodyTimeoutMs: timeouts.body };
  await app.register(serveTrpc, parts);
  await app.register(serveRest, parts);
  await app.register(serveFiles, parts);

  /** Alive: the process answers. Ready: it takes work. */
  app.get("/live", () => ({ status: "ok" }));
  app.get("/ready", (_request, reply) => (isReady() ? { status: "ok" } : reply.code(503).send({ status: "stopping" })));
  return app;
}
