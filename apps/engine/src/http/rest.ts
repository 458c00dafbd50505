import { parseJson, type RestRoute, restError, restRoutes, signInRoute } from "@herald/api";
import { MAX_BODY_BYTES, MAX_SESSION_FILE_BYTES } from "@herald/contract";
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Parts } from "./parts.ts";
import { JSON_TYPE, refusing } from "./refusals.ts";
import { timelyBody } from "./timely-body.ts";

const FILE_TYPE = "application/octet-stream";

/** The REST endpoints that take JSON, or nothing. */
export const serveRest: FastifyPluginCallback<Parts> = (app, { contextOf, bodyTimeoutMs }, done) => {
  app.setErrorHandler(refusing(restError, JSON_TYPE));
  app.addContentTypeParser(JSON_TYPE, { parseAs: "string" }, async (_request: FastifyRequest, text: string) =>
    parseJson(text),
  );
  app.addHook("preParsing", async ({ headers }, _reply, body) => timelyBody(headers, body, bodyTimeoutMs));
  routesOf("json", MAX_BODY_BYTES, app, contextOf);
  done();
};

/** Those that take a file, which has as long as any request to arrive. */
export const serveFiles: FastifyPluginCallback<Parts> = (app, { contextOf }, done) => {
  app.setErrorHandler(refusing(restError, FILE_TYPE));
  app.addContentTypeParser(FILE_TYPE, { parseAs: "buffer" }, async (_request: FastifyRequest, bytes: Buffer) => bytes);
  routesOf("file", MAX_SESSION_FILE_BYTES, app, contextOf);
  done();
};

function routesOf(
  kind: RestRoute["body"],
  bodyLimit: number,
  app: FastifyInstance,
  contextOf: Parts["contextOf"],
): void {
  for (const { method, path, handle, admit, ...route } of [...restRoutes, signInRoute])
    if (route.body === kind)
      app.route({
        method,
        url: path,
        bodyLimit,
        onRequest: async (request) => {
          await admit(contextOf(request));
        },
        handler: (request) => {
          const { body, query } = request;
          // what has been read is not held until the answer is known: a file is large, and a trial of it takes long
          request.body = undefined;
          return handle(contextOf(request), body, query);
        },
      });
}
