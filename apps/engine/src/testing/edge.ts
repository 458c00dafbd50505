// The engine's HTTP side alone, for the tests of what it does with requests before anything is asked of the domain.
import { once } from "node:events";
import { type OutgoingHttpHeaders, request as open } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { BotEvent } from "@herald/contract";
import type { Services } from "@herald/core";
import { pino } from "pino";
import { createHttp, type TIMEOUTS } from "../http.ts";

export const KEY = "hk_good";
export const BEARER = `Bearer ${KEY}`;
export const FILE = "application/octet-stream";

const admin = {
  id: "ada",
  email: "ada@example.org",
  name: "Ada",
  role: "admin",
  plan: null,
  disabled: false,
  timeZone: "UTC",
  createdAt: new Date(0),
} as const;

/** An answer as it came over the wire. */
export interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: unknown;
}

export type Edge = Awaited<ReturnType<typeof startEdge>>;

/** Listens, with services that write down what they are asked for, and one admin, whose API key is {@link KEY}. */
export async function startEdge(timeouts?: typeof TIMEOUTS) {
  /** what was asked of the services, in order */
  const calls: unknown[] = [];
  /** the events of the one stream that may be open */
  let tell = (_event: BotEvent) => {};
  const services = {
    health: async () => ({ status: "ok" }),
    access: {
      byApiKey: async (key: string) => {
        calls.push("byApiKey");
        return key === KEY ? { user: admin, credential: { kind: "api_key", id: "key", expiresAt: null } } : null;
      },
    },
    sessions: {
      upload: async (_actor: unknown, { name, content }: { name: string; content: Uint8Array }) => {
        calls.push(["upload", name, content.length]);
        return { status: "added", name };
      },
    },
    groups: { add: async (_actor: unknown, lines: string[]) => calls.push(["groups.add", lines.length]) },
    sync: { state: async () => calls.push("sync.state") },
    bots: { start: () => Promise.reject(new Error("a fault of ours")) },
    events: {
      async *subscribe(_listener: unknown, _lastEventId: string | null, signal: AbortSignal) {
        while (!signal.aborted)
          yield await new Promise<{ id: string; event: BotEvent }>((resolve) => {
            tell = (event) => resolve({ id: "1", event });
          });
      },
    },
  } as unknown as Services;
  const http = await createHttp({
    services,
    jwtSecret: new Uint8Array(32),
    log: pino({ level: "silent" }),
    isReady: () => true,
    ...(timeouts === undefined ? {} : { timeouts }),
  });
  const url = await http.listen({ host: "127.0.0.1", port: 0 });
  const { port } = http.server.address() as AddressInfo;

  return {
    url,
    http,
    calls,
    tell: (event: BotEvent) => tell(event),
    stop: () => http.close(),

    /** Sends a request, with the admin's key unless it has other credentials. */
    ask: async (path: string, init: RequestInit = {}): Promise<Answer> => {
      const headers = { authorization: BEARER, ...init.headers };
      const response = await fetch(`${url}${path}`, { ...init, headers });
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: JSON.parse(text) };
    },

    /** Announces a body and sends none of it: only who does not wait for it answers. */
    announce: async (path: string, headers: OutgoingHttpHeaders): Promise<Answer> => {
      const call = open(`${url}${path}`, { method: "POST", headers });
      call.flushHeaders();
      const [answer] = await once(call, "response");
      const text = (await answer.setEncoding("utf8").toArray()).join("");
      call.destroy();
      return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(text) };
    },

    /** A connection on which `text` was sent. */
    wire: async (text: string): Promise<Socket> => {
      const socket = connect(port, "127.0.0.1").setEncoding("utf8");
      await once(socket, "connect");
      socket.write(text);
      return socket;
    },
  };
}

/** All that comes until the engine ends the connection. */
export async function untilClosed(socket: Socket): Promise<string> {
  return (await socket.toArray()).join("");
}
