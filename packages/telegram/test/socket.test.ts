// The socket under GramJS, against a server on loopback.
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GuardedSocket, guardedSocket } from "../src/gram/socket.ts";

const CLOSED = "The socket is closed.";

let server: Server;
let accepted: Promise<Socket>;
const sockets: GuardedSocket[] = [];
beforeEach(async () => {
  server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  accepted = once(server, "connection").then(([socket]) => socket);
});
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  await new Promise((resolve) => server.close(resolve));
});

const portOf = () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port.");
  return address.port;
};
const socketWith = (guard = { mayWrite: () => true, onRefused: () => {} }) => {
  const socket = new GuardedSocket(guard);
  sockets.push(socket);
  return socket;
};
async function connected(guard?: Parameters<typeof socketWith>[0]) {
  const socket = socketWith(guard);
  await socket.connect(portOf(), "127.0.0.1");
  return { socket, peer: await accepted };
}

test("bytes are read in the pieces that are asked for, however they arrive", async () => {
  const { socket, peer } = await connected();
  peer.write("abc");
  expect((await socket.readExactly(2)).toString()).toBe("ab");
  const rest = socket.readExactly(6);
  peer.write("def");
  peer.write("gh");
  expect((await rest).toString()).toBe("cdefgh");
  peer.write("ijkl");
  expect((await socket.readExactly(1)).toString()).toBe("i");
  expect((await socket.readExactly(3)).toString()).toBe("jkl");
});

test("bytes that nobody waits for are kept", async () => {
  const { socket, peer } = await connected();
  peer.write("ab");
  const echo = once(peer, "data");
  socket.write(Buffer.from("x"));
  await echo;
  expect((await socket.readExactly(2)).toString()).toBe("ab");
});

test("small packets leave at once", async () => {
  const delay = vi.spyOn(Socket.prototype, "setNoDelay");
  await connected();
  expect(delay.mock.calls).toEqual([[true]]);
  delay.mockRestore();
});

test("a read waits for what is missing", async () => {
  const { socket, peer } = await connected();
  let isRead = false;
  const read = socket.readExactly(3).then((data) => {
    isRead = true;
    return data;
  });
  peer.write("ab");
  const echo = once(peer, "data");
  socket.write(Buffer.from("x"));
  await echo;
  expect(isRead).toBe(false);
  peer.write("c");
  expect((await read).toString()).toBe("abc");
});

test("what is written arrives, while it may be", async () => {
  const { socket, peer } = await connected();
  const data = once(peer, "data");
  socket.write(Buffer.from("hello"));
  expect(String((await data)[0])).toBe("hello");
});

test("what may not be written is refused and said, and nothing of it leaves", async () => {
  let mayWrite = true;
  const onRefused = vi.fn();
  const { socket, peer } = await connected({ mayWrite: () => mayWrite, onRefused });
  const received: string[] = [];
  peer.on("data", (data) => received.push(String(data)));
  const ended = once(peer, "close");
  socket.write(Buffer.from("a"));
  mayWrite = false;
  expect(() => socket.write(Buffer.from("b"))).toThrow(CLOSED);
  expect(onRefused).toHaveBeenCalledTimes(1);
  await once(peer, "data");
  await socket.close();
  await ended;
  expect(received).toEqual(["a"]);
});

test("a closed one reads and writes nothing, and nobody is asked whether it may", async () => {
  const mayWrite = vi.fn(() => true);
  const { socket } = await connected({ mayWrite, onRefused: () => {} });
  const waiting = expect(socket.readExactly(1)).rejects.toThrow(CLOSED);
  for (const _ of [1, 2]) await socket.close();
  await waiting;
  await expect(socket.readExactly(1)).rejects.toThrow(CLOSED);
  expect(() => socket.write(Buffer.from("a"))).toThrow(CLOSED);
  expect(mayWrite).not.toHaveBeenCalled();
});

test("a read fails when the other side goes", async () => {
  const { socket, peer } = await connected();
  const waiting = expect(socket.readExactly(1)).rejects.toThrow(CLOSED);
  peer.destroy();
  await waiting;
});

test("a dial that nobody takes fails, and one that is given up does not wait for ever", async () => {
  const port = portOf();
  await new Promise((resolve) => server.close(resolve));
  await expect(socketWith().connect(port, "127.0.0.1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const given = socketWith();
  const dial = expect(given.connect(port, "127.0.0.1")).rejects.toThrow(CLOSED);
  await given.close();
  await dial;
});

test("once it is closed the other side hears it", async () => {
  const { socket, peer } = await connected();
  const ended = once(peer, "close");
  peer.resume();
  await socket.close();
  await ended;
  expect(peer.destroyed).toBe(true);
});

test("GramJS makes one that asks the same guard", async () => {
  const onRefused = vi.fn();
  const Made = guardedSocket({ mayWrite: () => false, onRefused });
  const socket = new Made();
  await socket.connect(portOf(), "127.0.0.1");
  expect(() => socket.write(Buffer.from("a"))).toThrow(CLOSED);
  expect(onRefused).toHaveBeenCalledTimes(1);
  await socket.close();
});
