import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";

/**
 * Holds this state folder for this process alone, until it ends in whatever way: who comes second is told `url`.
 * @returns a function that lets go
 * @throws Error that says where the other one is
 */
export async function lock(state: string, url: string): Promise<() => void> {
  mkdirSync(state, { recursive: true });
  // Relative, for a socket's path has at most about 100 characters.
  const path = relative(process.cwd(), join(state, "lock.sock"));
  const holder = await askHolder(path);
  if (holder) throw new Error(`Herald is already running here: ${holder}\nStop it with Ctrl-C in its terminal first.`);
  rmSync(path, { force: true });
  const server = createServer((socket) => socket.end(`${url} (process ${process.pid})`)).listen(path);
  await once(server, "listening");
  return () => server.close();
}

async function askHolder(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    return await text(socket);
  } catch {
    return undefined; // nobody listens: no socket, or one left behind by a killed process
  }
}
