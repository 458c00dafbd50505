import { randomUUID } from "node:crypto";
import type { SessionSeal } from "@herald/core";
import { sessionFilesContract } from "@herald/testing/session-files-contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Any reversible seal serves: what AES does is the vault's to prove. */
function sealBy(key: string): SessionSeal {
  const seal: SessionSeal["seal"] = (id, { authKey, ...rest }) =>
    Buffer.from(JSON.stringify({ key, id, ...rest, authKey: Buffer.from(authKey).toString("hex") }));
  const open: SessionSeal["open"] = (_id, sealed) => {
    const { dcId, host, port, authKey } = JSON.parse(Buffer.from(sealed).toString());
    return { dcId, host, port, authKey: new Uint8Array(Buffer.from(authKey, "hex")) };
  };
  const isMine = (sealed: Uint8Array) => JSON.parse(Buffer.from(sealed).toString()).key === key;
  return {
    seal,
    open,
    reseal: (id, sealed) => (isMine(sealed) ? null : seal(id, open(id, sealed))),
    missingKey: (_id, sealed) => (isMine(sealed) ? null : JSON.parse(Buffer.from(sealed).toString()).key),
  };
}

sessionFilesContract(
  () => world.database.sessionRows(sealBy("a")),
  (id) => world.session(id),
);

test("a row is sealed anew, once, and not over what was put meanwhile", async () => {
  const { id } = await world.session();
  const secret = { dcId: 2, host: null, port: null, authKey: new Uint8Array(256) };
  const before = world.database.sessionRows(sealBy("a"));
  const after = world.database.sessionRows(sealBy("b"));
  await before.put(id, secret);
  await Promise.all([after.reseal(id), before.put(id, { ...secret, dcId: 4 })]);
  expect((await after.read(id)).dcId).toBe(4);
  await after.reseal(id);
  expect(await after.reseal(id)).toBe(false);
  expect(await before.reseal(id)).toBe(true);
  expect(await after.missingKeys([id, randomUUID()])).toEqual(["a"]);
  expect(await after.missingKeys([])).toEqual([]);
  expect(await before.missingKeys([id])).toEqual([]);
  await expect(after.reseal(randomUUID())).rejects.toThrow(/is not in the database/);
});
