import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Refuses to go on when somebody else listens on a port that we need.
 * @param ports port by the variable that moves it
 * @throws Error that says which, and what to set
 */
export async function requireFree(ports: Record<string, number>): Promise<void> {
  const taken = new Map<string, number>();
  for (const [variable, port] of Object.entries(ports)) if (await isTaken(port)) taken.set(variable, port);
  if (taken.size === 0) return;
  const lines = [...taken].map(
    ([variable, port]) =>
      `Port ${port} is in use by another program: set ${variable} to a free one (${variable}=${port + 1} npm start).`,
  );
  throw new Error(lines.join("\n"));
}

/** Asks on both addresses that "localhost" can mean. */
async function isTaken(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
      server.listen(port, host, () => resolve(false));
    });
    if (server.listening) {
      server.close();
      await once(server, "close");
    }
    if (taken) return true;
  }
  return false;
}
