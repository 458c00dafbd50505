import { randomBytes, randomUUID } from "node:crypto";
import type { SessionFiles } from "@herald/core";
import { expect, test } from "vitest";

/**
 * What every store of session files must do, whatever it is made of.
 * @param settled makes the row of that session, where the store looks at rows
 */
export function sessionFilesContract(
  open: () => SessionFiles,
  settled: (sessionId: string) => Promise<unknown> = async () => {},
): void {
  const secret = { dcId: 2, host: "127.0.0.1", port: 4430, authKey: new Uint8Array(randomBytes(256)) };
  const plain = (of: typeof secret | Awaited<ReturnType<SessionFiles["read"]>>) => ({
    ...of,
    authKey: Buffer.from(of.authKey).toString("hex"),
  });

  test("a session is read as it was put, wherever it stands", async () => {
    const files = open();
    const id = randomUUID();
    const user = randomUUID();
    await files.put(id, secret);
    for (const [place, owner] of [
      ["unused", null],
      ["assigned", user],
      ["assigned", user],
      ["banned", null],
      ["unused", null],
    ] as const) {
      await files.move(id, place, owner);
      expect(plain(await files.read(id))).toEqual(plain(secret));
    }
  });

  test("what is put again replaces what was there", async () => {
    const files = open();
    const id = randomUUID();
    await files.put(id, { ...secret, dcId: 4 });
    await files.move(id, "assigned", randomUUID());
    await files.put(id, secret);
    expect(plain(await files.read(id))).toEqual(plain(secret));
  });

  test("a file is unsettled until its row is there, and again before it goes", async () => {
    const files = open();
    const id = randomUUID();
    await files.put(id, secret);
    expect(await files.unsettled()).toContain(id);
    expect(plain(await files.read(id))).toEqual(plain(secret));
    await settled(id);
    for (let again = 0; again < 2; again += 1) await files.settle(id);
    expect(await files.unsettled()).not.toContain(id);
    for (let again = 0; again < 2; again += 1) await files.unsettle(id);
    expect(plain(await files.read(id))).toEqual(plain(secret));
    await files.remove(id);
    expect(await files.unsettled()).not.toContain(id);
    await files.settle(id);
    await files.unsettle(id);
    await expect(files.read(id)).rejects.toThrow(id);
  });

  test("what is removed is gone, and removing it again is no fault", async () => {
    const files = open();
    const id = randomUUID();
    await files.put(id, secret);
    await files.remove(id);
    await files.remove(id);
    await expect(files.read(id)).rejects.toThrow(id);
    await expect(files.move(id, "banned", null)).rejects.toThrow(id);
  });
}
