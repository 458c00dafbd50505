import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ControlError } from "./http.ts";

/** Names of this machine alone. Another one that leads here is a web page's that had its own name point here. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Keeps out what a web page in a browser on this machine may send: by a name of its own that it has made lead here (DNS rebinding),
 * or from its own origin.
 * @throws ControlError 403
 */
export function requireLocal({ host, origin }: IncomingHttpHeaders): void {
  const here = `http://${host}`;
  if (!URL.canParse(here) || !LOOPBACK.has(new URL(here).hostname))
    throw new ControlError(403, "this is for 127.0.0.1 and localhost: ask for it by one of these names");
  if (origin !== undefined && origin !== here) throw new ControlError(403, "this is not for the web pages of others");
}

/** Keeps out whoever has not been told the token: other accounts of this machine. @throws ControlError 401 */
export function requireToken({ authorization = "" }: IncomingHttpHeaders, token: string): void {
  if (!timingSafeEqual(digest(authorization), digest(`Bearer ${token}`)))
    throw new ControlError(401, "give the token that the emulator was started with: Authorization: Bearer <token>");
}

const digest = (text: string) => createHash("sha256").update(text).digest();
