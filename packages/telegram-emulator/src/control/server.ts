import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "../emulator.ts";
import type { Delivery } from "../record.ts";
import { requireLocal, requireToken } from "./access.ts";
import { ControlError, readJson, sendJson, toJson } from "./http.ts";
import { ROUTES } from "./routes.ts";

export interface Control {
  readonly url: string;
  stop(): Promise<void>;
}

/** It can ban accounts and holds their keys: never anywhere but here. */
const LOOPBACK = "127.0.0.1";
/** Says that it is up, to everybody here. */
const HEALTH = "/health";

/**
 * The HTTP control interface.
 * @param token what each request has to bring
 * @throws Error when the port is in use
 */
export async function startControl(emulator: Emulator, port: number, token: string): Promise<Control> {
  const server = createServer((request, response) => {
    answer(emulator, token, request, response).catch((error: unknown) => {
      if (error instanceof ControlError) sendJson(response, error.status, { error: error.message });
      else sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(inUse ? new Error(`control port ${port} is in use; choose another, or 0 for a free one`) : error);
    });
    server.listen(port, LOOPBACK, () => resolve());
  });
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  emulator: Emulator,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  requireLocal(request.headers);
  const url = new URL(request.url ?? "/", `http://${LOOPBACK}`);
  if (request.method === "GET" && url.pathname === HEALTH) return sendJson(response, 200, {});
  requireToken(request.headers, token);
  if (request.method === "GET" && url.pathname === "/record/stream") {
    streamRecord(emulator, request, response, url.searchParams);
    return;
  }
  const match = findRoute(request.method ?? "GET", url.pathname);
  if (!match)
    throw new ControlError(404, `${request.method} ${url.pathname} is not one of: ${Object.keys(ROUTES).join(", ")}`);
  const { route, parts } = match;
  const query = url.searchParams;
  const result = await route(emulator, { parts, query, raw: request, body: (schema) => readJson(request, schema) });
  sendJson(response, 200, result);
}

function findRoute(method: string, path: string) {
  const segments = path.split("/");
  for (const [pattern, route] of Object.entries(ROUTES)) {
    const [routeMethod, routePath] = pattern.split(" ") as [string, string];
    const expected = routePath.split("/");
    if (routeMethod !== method || expected.length !== segments.length) continue;
    if (!expected.every((part, index) => part === ":" || part === segments[index])) continue;
    return { route, parts: segments.filter((_, index) => expected[index] === ":") };
  }
  return undefined;
}

/** Server-sent events: what the record holds after `afterSeq` or Last-Event-ID, then every delivery as it happens. */
function streamRecord(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const write = (delivery: Delivery) => response.write(`id: ${delivery.seq}\ndata: ${toJson(delivery)}\n\n`);
  const afterSeq = Number(query.get("afterSeq") ?? request.headers["last-event-id"] ?? 0) || 0;
  for (const delivery of emulator.record.entries({ afterSeq })) write(delivery);
  emulator.record.on("delivery", write);
  response.flushHeaders();
  response.on("close", () => emulator.record.off("delivery", write));
}
