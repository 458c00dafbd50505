import type { Socket } from "node:net";
import { openDoor as openTcpDoor } from "@herald/testing/door";
import type { DcAddress } from "../../src/index.ts";

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
  let connections = 0;
  let written = 0;
  let muted = false;
  let replay = () => {};
  const answered = new WeakSet<Socket>();
  const { host, port, shut } = await openTcpDoor({
    ...(to !== undefined && { to }),
    onClient: (client, n) => {
      connections = n + 1;
      client.on("data", (data) => {
        written += data.length;
      });
      const instead = answer?.(n);
      if (instead instanceof Buffer) client.once("data", () => client.end(instead));
      return instead === undefined;
    },
    toServer: (data, server) => {
      if (!muted) server.write(data);
    },
    toClient: (data, client) => {
      if (!answered.has(client)) replay = () => client.write(data);
      answered.add(client);
      for (const part of crumble ? Array.from(data, (byte) => Buffer.from([byte])) : [data]) client.write(part);
    },
  });
  return {
    dc: { id: 2, host, port },
    connections: () => connections,
    written: () => written,
    mute: () => {
      muted = true;
    },
    replay: () => replay(),
    stop: shut,
  };
}
