import type { Context } from "@herald/api";
import type { FastifyRequest } from "fastify";

/** What every kind of route is given. */
export interface Parts {
  /** the same one for a request, from its headers to its answer */
  contextOf(request: FastifyRequest): Context;
  /** how long a body of JSON may take to arrive, in milliseconds */
  bodyTimeoutMs: number;
}
