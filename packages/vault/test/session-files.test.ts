import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sessionFilesContract } from "@herald/testing/session-files-contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKeyring } from "../src/keyring.ts";
import { createSessionFiles } from "../src/session-files.ts";
import { createSessionSeal } from "../src/session-seal.ts";

const key = randomBytes(32);
const sealBy = (current: Uint8Array, ...old: Uint8Array[]) => createSessionSeal(createKeyring({ current, old }));
const secret = { dcId: 2, host: "127.0.0.1", port: 4430, authKey: new Uint8Array(randomBytes(256)) };
let folder: string;
let files: ReturnType<typeof createSessionFiles>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "session-files-"));
  files = createSessionFiles({ folder, seal: sealBy(key) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

sessionFilesContract(() => files);

const mode = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);
const same = async (id: string) => {
  const read = await files.read(id);
  expect({ ...read, authKey: Buffer.from(read.authKey) }).toEqual({ ...secret, authKey: Buffer.from(secret.authKey) });
};

test("a session goes from unused to its user to banned, and is read wherever it lies", async () => {
  await files.put("s1", secret);
  expect(existsSync(join(folder, "unsettled/s1.session"))).toBe(true);
  await files.settle("s1");
  expect(existsSync(join(folder, "unused/s1.session"))).toBe(true);
  await same("s1");
  for (let again = 0; again < 2; again += 1) await files.move("s1", "assigned", "user-7");
  expect(readdirSync(join(folder, "assigned/user-7"))).toEqual(["s1.session"]);
  expect(readdirSync(join(folder, "unused"))).toEqual([]);
  await same("s1");
  await files.put("s1", secret);
  expect(readdirSync(join(folder, "unsettled"))).toEqual([]);
  await files.settle("s1"); // it stands elsewhere: nothing to do
  expect(readdirSync(join(folder, "unused"))).toEqual([]);
  await files.move("s1", "banned", null);
  await files.move("s1", "banned", null);
  await same("s1");
  await files.move("s1", "unused", null);
  await same("s1");
  await files.remove("s1");
  await files.remove("s1");
  await expect(files.read("s1")).rejects.toThrow(/is not in/);
  await expect(files.move("s1", "banned", null)).rejects.toThrow(/is not in/);
});

test("only the owner of the process can read files and folders", async () => {
  await files.put("s1", secret);
  await files.settle("s1");
  await files.move("s1", "assigned", "u1");
  expect([
    mode("unsettled"),
    mode("unused"),
    mode("assigned"),
    mode("assigned/u1"),
    mode("assigned/u1/s1.session"),
  ]).toEqual(["700", "700", "700", "700", "600"]);
});

test("the file shows nothing, and opens only with its key, for its id, unchanged", async () => {
  await files.put("s1", secret);
  const path = join(folder, "unsettled/s1.session");
  const bytes = readFileSync(path);
  for (const part of [
    Buffer.from(secret.authKey).subarray(0, 8),
    Buffer.from(secret.authKey).toString("base64").slice(0, 12),
    "127.0.0.1",
  ])
    expect(bytes.includes(part)).toBe(false);
  await expect(createSessionFiles({ folder, seal: sealBy(randomBytes(32)) }).read("s1")).rejects.toThrow(
    /does not open/,
  );
  await copyFile(path, join(folder, "unsettled/s2.session"));
  await expect(files.read("s2")).rejects.toThrow(/does not open/);
  const last = bytes.length - 1;
  bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
  writeFileSync(path, bytes);
  await expect(files.read("s1")).rejects.toThrow(/does not open/);
  writeFileSync(path, "plain");
  await expect(files.read("s1")).rejects.toThrow(/does not open/);
});

test("two writes of one session leave one whole file and no temporary one", async () => {
  await Promise.all(Array.from({ length: 8 }, () => files.put("s1", secret)));
  expect(readdirSync(join(folder, "unsettled"))).toEqual(["s1.session"]);
  await same("s1");
});

test("wrong ids are refused before anything is touched", async () => {
  await expect(files.put("../s1", secret)).rejects.toThrow(/cannot name a file/);
  await files.put("s1", secret);
  await expect(files.move("s1", "assigned", null)).rejects.toThrow(/needs the user/);
  await expect(files.move("s1", "assigned", "../../etc")).rejects.toThrow(/cannot name a file/);
  await same("s1");
});

test("a file is sealed anew where it stands, also while it is moved, and stays one file", async () => {
  const other = randomBytes(32);
  const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
  for (const id of ids) await files.put(id, secret);
  const rotated = createSessionFiles({ folder, seal: sealBy(other, key) });
  await Promise.all(ids.flatMap((id) => [rotated.reseal(id), files.move(id, "assigned", "u1")]));
  for (const id of ids) await rotated.reseal(id);
  const after = createSessionFiles({ folder, seal: sealBy(other) });
  for (const id of ids) {
    expect(await after.read(id)).toMatchObject({ dcId: 2 });
    expect(await rotated.reseal(id)).toBe(false);
    await after.move(id, "assigned", "u1");
  }
  expect(readdirSync(join(folder, "assigned/u1")).sort()).toEqual(ids.map((id) => `${id}.session`).sort());
  expect(readdirSync(join(folder, "unsettled"))).toEqual([]);
  await expect(files.reseal("s1")).rejects.toThrow(/is sealed with the key [0-9a-f]{8}/);
  await expect(files.reseal("nobody")).rejects.toThrow(/is not in/);
});
