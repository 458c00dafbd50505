import type { IncomingHttpHeaders } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { refused } from "@herald/api";
import { tooSlow } from "@herald/contract";

export const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

/**
 * The body of a request, which has so long to arrive: one that comes in drips must not hold its connection.
 * @param ms from now until its last byte
 * @returns what has arrived so far, and fails with `too_slow` once it is late
 */
export function timelyBody(headers: IncomingHttpHeaders, body: Readable, ms: number): Readable {
  if (!hasBody(headers)) return body;
  const timely = new PassThrough();
  const late = setTimeout(() => {
    body.unpipe(timely);
    timely.destroy(refused(tooSlow));
  }, ms);
  timely.once("close", () => clearTimeout(late));
  // whoever reads it may have turned away by then
  timely.on("error", () => {});
  body.once("error", (error) => timely.destroy(error));
  return body.pipe(timely);
}
