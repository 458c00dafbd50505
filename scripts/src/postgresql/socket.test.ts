import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, test } from "vitest";
import { socketFolder } from "./socket.ts";

const made = new Set<string>();
afterEach(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
  made.clear();
});

/** Where the socket of `folder` is, removed after the test when it is not there. */
function socketOf(folder: string): string {
  const found = socketFolder(folder);
  if (found !== folder) made.add(found);
  return found;
}

const deep = () => `/${randomUUID()}/${"ä".repeat(30)}`;

test("a folder has its socket in itself, up to the length of a socket's path in bytes", () => {
  const longest = `/${"x".repeat(103 - "//.s.PGSQL.5432".length)}`;
  expect(socketOf(longest)).toBe(longest);
  expect(socketOf(`${longest}x`)).toMatch(/^\/tmp\/herald-\w{12}-\w{6}$/);
  expect(socketOf(deep())).toMatch(/^\/tmp\/herald-\w{12}-\w{6}$/);
});

test("a folder that is too deep has another one, which is private, and each time the same", () => {
  const folder = deep();
  const socket = socketOf(folder);
  expect(statSync(socket).mode & 0o777).toBe(0o700);
  expect(socketOf(folder)).toBe(socket);
  expect(socketOf(deep())).not.toBe(socket);
});

test.each([
  ["others may enter", (socket: string) => chmodSync(socket, 0o755)],
  [
    "leads elsewhere",
    (socket: string) => {
      rmSync(socket, { recursive: true });
      symlinkSync(tmpdir(), socket);
    },
  ],
  // who is not root cannot give a folder away
  [
    "is another account's",
    (socket: string) => (process.getuid?.() === 0 ? chownSync(socket, 12345, 12345) : chmodSync(socket, 0o777)),
  ],
])("a folder that %s is not used", (_, spoil) => {
  const folder = deep();
  const socket = socketOf(folder);
  spoil(socket);
  expect(socketOf(folder)).not.toBe(socket);
});
