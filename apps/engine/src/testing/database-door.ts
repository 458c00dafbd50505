import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to PostgreSQL that can be shut: for those behind it the server is away then, as after a crash. */
export interface DatabaseDoor {
  /** the database's, by way of the door */
  url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** @param url of the database that the door leads to */
export async function createDatabaseDoor(url: string): Promise<DatabaseDoor> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const listen = async (at: number): Promise<Server> => {
    const server = createServer((client) => {
      const database = connect({ host: hostname, port: Number(port), noDelay: true });
      keep(client).pipe(keep(database)).pipe(client);
      client.on("close", () => database.destroy());
      database.on("close", () => client.destroy());
    }).listen(at, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  let server = await listen(0);
  const { port: own } = server.address() as AddressInfo;
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = `${own}`;
  return {
    url: through.href,
    async shut() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async open() {
      server = await listen(own);
    },
  };
}
