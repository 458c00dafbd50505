import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { env } from "@/env";
import { clientAddress } from "./client-address";

/**
 * Makes `X-Forwarded-For` one address, and a true one, in every request from now on. Next keeps the header as a client sent it,
 * and shows the socket to no route; so it is set before Next sees the request.
 */
export function keepAddressesTrue(): void {
  const { TRUSTED_PROXIES } = env();
  subscribe("http.server.request.start", (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const forwarded = headers["x-forwarded-for"];
    headers["x-forwarded-for"] = clientAddress(socket.remoteAddress ?? "", forwarded?.toString(), TRUSTED_PROXIES);
  });
}
