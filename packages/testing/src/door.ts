import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Where a server listens. */
export interface Place {
  host: string;
  port: number;
}

export interface DoorOptions {
  /** where connections go on to, by TCP or by a socket's path; without it they end here */
  to?: Place | { path: string };
  /** Sees to the n-th client (from 0) before anything of it passes. @returns false where it goes no further than here */
  onClient?: (client: Socket, n: number) => boolean;
  /** Does with what a client sends what is to be done. @default it goes to the server */
  toServer?: (data: Buffer, server: Socket) => void;
  /** Does with what the server answers what is to be done. @default it goes to the client */
  toClient?: (data: Buffer, client: Socket) => void;
}

/** A TCP door on loopback between clients and a server: for tests of networks and servers that misbehave. */
export interface Door extends Place {
  /** Cuts everyone off; whoever knocks is refused, as where nobody listens. */
  shut(): Promise<void>;
  /** Opens it at the same port again. */
  open(): Promise<void>;
}

/** Opens a door that passes everything on, or does with it what the options say. */
export async function openDoor({
  to,
  onClient = () => true,
  toServer = (data, server) => server.write(data),
  toClient = (data, client) => client.write(data),
}: DoorOptions): Promise<Door> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  let connections = 0;
  const pass = (client: Socket) => {
    keep(client);
    if (!onClient(client, connections++) || to === undefined) return;
    const server = keep(connect({ ...to, noDelay: true }));
    client.on("data", (data) => toServer(data, server));
    server.on("data", (data) => toClient(data, client));
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(pass).listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    async shut() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async open() {
      server = await listen(port);
    },
  };
}

/** A door to the PostgreSQL of a connection string, whose `host` may be the folder of its socket, and that string by way of the door. */
export async function openDoorTo(url: string, options: Omit<DoorOptions, "to"> = {}): Promise<Door & { url: string }> {
  const through = new URL(url);
  const folder = through.searchParams.get("host");
  const to =
    folder === null
      ? { host: through.hostname, port: Number(through.port) }
      : { path: `${folder}/.s.PGSQL.${through.port || 5432}` };
  const door = await openDoor({ ...options, to });
  through.searchParams.delete("host");
  through.hostname = door.host;
  through.port = `${door.port}`;
  return { ...door, url: through.href };
}
