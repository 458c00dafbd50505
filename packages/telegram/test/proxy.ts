import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { DcAddress } from "../src/index.ts";

/** A door between client and server: sees what passes, and can stand in for a network or a server that misbehaves. */
export interface Door {
  dc: DcAddress;
  /** connections so far */
  connections(): number;
  /** bytes that clients have written so far */
  written(): number;
  /** from now on nothing reaches the server, and nobody is told */
  mute(): void;
  /** gives the newest client what the server said to it first once more */
  replay(): void;
  stop(): Promise<void>;
}

export interface DoorOptions {
  /** where connections go on to; without it, or where `answer` is given, they end here */
  to?: DcAddress;
  /** what the n-th connection (from 0) gets after the client's first bytes, instead of the server */
  answer?: (n: number) => Buffer | "silence" | undefined;
  /** passes the server's bytes one by one */
  crumble?: boolean;
}

export async function openDoor({ to, answer, crumble = false }: DoorOptions): Promise<Door> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let written = 0;
  let muted = false;
  let replay = () => {};
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    client.on("data", (data) => {
      written += data.length;
    });
    const instead = answer?.(connections);
    connections += 1;
    if (instead !== undefined || to === undefined) {
      client.once("data", () => {
        if (instead instanceof Buffer) client.end(instead);
      });
      return;
    }
    const upstream = keep(connect({ port: to.port, host: to.host, noDelay: true }));
    client.on("data", (data) => {
      if (!muted) upstream.write(data);
    });
    client.on("close", () => upstream.destroy());
    upstream.once("data", (first) => {
      replay = () => client.write(first);
    });
    upstream.on("data", (data) => {
      for (const part of crumble ? Array.from(data, (byte) => Buffer.from([byte])) : [data]) client.write(part);
    });
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    dc: { id: 2, host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    connections: () => connections,
    written: () => written,
    mute: () => {
      muted = true;
    },
    replay: () => replay(),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
