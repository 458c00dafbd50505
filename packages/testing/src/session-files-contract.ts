import { randomBytes, randomUUID } from "node:crypto";
import type { SessionFiles } from "@herald/core";
import { expect, test } from "vitest";

/** What every store of session files must do, whatever it is made of. */
export function sessionFilesContract(open: () => SessionFiles): void {
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
