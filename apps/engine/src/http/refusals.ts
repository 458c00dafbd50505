import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { refused, restError } from "@herald/api";
import { type ErrorDto, MAX_BODY_BYTES, tooLarge, tooSlow, unreadable, wrongContentType } from "@herald/contract";
import { HeraldError } from "@herald/core";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What every answer of the engine says, whatever it is. */
export const ANSWER_HEADERS = { "x-content-type-options": "nosniff", "cache-control": "no-store" };

/** What the body of most requests is. */
export const JSON_TYPE = "application/json";

/** An answer to an error, in the envelope of whoever asked. */
export type Refusal = { status: number; body: object };

/**
 * Answers what is thrown before or by the handler of a route.
 * @param refusal puts an error into the envelope of those who ask there
 * @param contentType what a body has to be there
 */
export const refusing =
  (refusal: (error: unknown) => Refusal, contentType: string) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { bodyLimit = MAX_BODY_BYTES } = request.routeOptions;
    const { status, body } = refusal(inOurWords(error, { bodyLimit, contentType }));
    const isFault = status === 500 || (error instanceof Error && error.cause !== undefined);
    if (isFault) request.log.error({ err: error }, "a request failed by a fault of ours");
    return reply.code(status).send(body);
  };

/** What fastify says of a request that it does not take, in Herald's words; any other error as it is. */
function inOurWords(error: unknown, route: { bodyLimit: number; contentType: string }): unknown {
  if (error instanceof HeraldError || !(error instanceof Error) || !("statusCode" in error)) return error;
  if (error.statusCode === 413) return refused(tooLarge(route.bodyLimit));
  if (error.statusCode === 415) return refused(wrongContentType(route.contentType));
  return Number(error.statusCode) < 500 ? refused(unreadable) : error;
}

const headTooLarge: ErrorDto = {
  code: "too_large",
  message: "The address and the headers of this request are larger than 16 KiB, and nothing was done.",
};

/** Answers what node refuses before it is a request, or while its body comes in: what is late, too large or no HTTP. */
export function refuseClient(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const causes: Record<string, ErrorDto> = { ERR_HTTP_REQUEST_TIMEOUT: tooSlow, HPE_HEADER_OVERFLOW: headTooLarge };
  const { status, body } = restError(refused(causes[error.code ?? ""] ?? unreadable));
  const content = JSON.stringify(body);
  const headers = {
    ...ANSWER_HEADERS,
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(content),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${content}`);
  socket.destroySoon();
}
