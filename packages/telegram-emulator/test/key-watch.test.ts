import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { KeyWatch, OVERLAP_MS } from "../src/mtproto/key-watch.ts";
import { AuthKey } from "../src/world/auth-key.ts";

const key = () => new AuthKey({ key: randomBytes(256), dc: 2, salt: 0n });
const A = 1n;
const B = 2n;

function stage() {
  const watch = new KeyWatch();
  const authKey = key();
  const a = { id: 1, closed: false };
  const b = { id: 2, closed: false };
  return {
    a,
    b,
    use: (connection: typeof a, session: bigint, at: number) => watch.use(authKey, connection, session, at),
  };
}

test("two sessions on open connections within the overlap are a duplicate use", () => {
  const { a, b, use } = stage();
  expect(use(a, A, 0)).toBeUndefined();
  expect(use(b, B, OVERLAP_MS - 1)).toEqual({ otherConnectionId: 1, otherIdleMs: OVERLAP_MS - 1 });
});

test("taking over from a connection that went silent is none", () => {
  const { a, b, use } = stage();
  use(a, A, 0);
  expect(use(b, B, OVERLAP_MS)).toBeUndefined();
  expect(use(b, B, OVERLAP_MS + 10)).toBeUndefined();
});

test("the silent one speaking again after the other took over is a duplicate use, however late", () => {
  const { a, b, use } = stage();
  use(a, A, 0);
  use(b, B, 60_000);
  expect(use(a, A, 600_000)).toEqual({ otherConnectionId: 2, otherIdleMs: 540_000 });
});

test("a closed connection, or the same session on a new one, is no second user", () => {
  const { a, b, use } = stage();
  use(a, A, 0);
  expect(use(b, A, 1)).toBeUndefined();
  const other = stage();
  other.use(other.a, A, 0);
  other.a.closed = true;
  expect(other.use(other.b, B, 1)).toBeUndefined();
});
