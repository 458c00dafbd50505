import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server } from "node:http";

/** How long a browser may take, in milliseconds. */
export const TIMEOUTS = {
  /** for the headers of a request; node looks every 30 s, so one may take so much longer */
  head: 10_000,
  /** for a body */
  body: 10_000,
  /** for a session file: 16 MiB at half a megabit a second */
  file: 300_000,
};

/**
 * Ends the connections of those who keep this process's server waiting for a request. Next makes that server, and takes
 * nothing of the kind from its configuration; node tells of the server with each request.
 * @param uploads the path to which files are sent
 */
export function cutSlowClients(uploads: string, timeouts = TIMEOUTS): void {
  subscribe("http.server.request.start", (message) => {
    const { request, server } = message as { request: IncomingMessage; server: Server };
    server.headersTimeout = timeouts.head;
    const { headers, socket, url = "" } = request;
    if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return;
    const cut = () => request.complete || socket.destroy();
    const late = setTimeout(cut, url.startsWith(uploads) ? timeouts.file : timeouts.body);
    request.once("close", () => clearTimeout(late));
  });
}
