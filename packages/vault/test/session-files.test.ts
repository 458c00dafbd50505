import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { access, copyFile, type FileHandle, open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sessionFilesContract } from "@herald/testing/session-files-contract";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createKeyring } from "../src/keyring.ts";
import { createSessionFiles } from "../src/session-files.ts";
import { createSessionSeal } from "../src/session-seal.ts";

// the real ones; a test may let something happen between two steps of them
vi.mock("node:fs/promises", { spy: true });

const key = randomBytes(32);
const sealBy = (current: Uint8Array, ...old: Uint8Array[]) => createSessionSeal(createKeyring({ current, old }));
const secret = { dcId: 2, host: "127.0.0.1", port: 4430, authKey: new Uint8Array(randomBytes(256)) };
let folder: string;
let files: ReturnType<typeof createSessionFiles>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "session-files-"));
  files = createSessionFiles({ folder, seal: sealBy(key) });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

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

test("what is about to go is set aside, wherever it lay, and stays there until it goes", async () => {
  for (const [place, owner] of [
    ["unused", null],
    ["assigned", "u1"],
    ["banned", null],
  ] as const) {
    await files.put("s1", secret);
    await files.move("s1", place, owner);
    expect(await files.unsettled()).toEqual([]);
    for (let again = 0; again < 2; again += 1) await files.unsettle("s1");
    expect(await files.unsettled()).toEqual(["s1"]);
    expect(existsSync(join(folder, place, owner ?? "", "s1.session"))).toBe(false);
    await same("s1");
    await files.remove("s1");
  }
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

test("a folder that others could read is closed to them", async () => {
  for (const path of ["unsettled", "assigned", "assigned/u1"]) mkdirSync(join(folder, path), { mode: 0o755 });
  await files.put("s1", secret);
  await files.move("s1", "assigned", "u1");
  expect(["unsettled", "assigned", "assigned/u1"].map(mode)).toEqual(["700", "700", "700"]);
});

test("what is written is on the disk before it has its name, and its name before it is said to be there", async () => {
  const path = join(folder, "unsettled/s1.session");
  const probe = await open(folder);
  const handles: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  const synced: string[] = [];
  const sync = vi.spyOn(handles, "sync").mockImplementation(async function (this: FileHandle) {
    const stat = await this.stat();
    synced.push(
      `${stat.isDirectory() ? "folder" : `file of ${stat.size} bytes`}, ${existsSync(path) ? "named" : "not named"}`,
    );
  });
  await files.put("s1", secret);
  expect(synced).toEqual([`file of ${statSync(path).size} bytes, not named`, "folder, named"]);
  await files.move("s1", "banned", null);
  expect(synced).toHaveLength(3);
  expect(sync).toHaveBeenCalledTimes(3);
});

test("a file that cannot be written leaves nothing half behind", async () => {
  mkdirSync(join(folder, "unsettled/s1.session"), { recursive: true });
  await expect(files.put("s1", secret)).rejects.toThrow();
  expect(readdirSync(join(folder, "unsettled"))).toEqual(["s1.session"]);
});

test("of several copies all are removed, and a move leaves one", async () => {
  const copies = ["unused", "banned", "assigned/u1", "assigned/u2"].map((place) => join(folder, place));
  const spread = async () => {
    await files.put("s1", secret);
    for (const place of copies) {
      mkdirSync(place, { recursive: true });
      await copyFile(join(folder, "unsettled/s1.session"), join(place, "s1.session"));
    }
  };
  const left = () => [join(folder, "unsettled"), ...copies].filter((place) => existsSync(join(place, "s1.session")));
  await spread();
  await files.remove("s1");
  expect(left()).toEqual([]);
  await spread();
  await files.move("s1", "assigned", "u2");
  expect(left()).toEqual([join(folder, "assigned/u2")]);
  await same("s1");
});

test("what is no session's file is not taken for one", async () => {
  await files.put("s1", secret);
  writeFileSync(join(folder, "unsettled/s2.session.0123.tmp"), "half");
  expect(await files.unsettled()).toEqual(["s1"]);
  mkdirSync(join(folder, "assigned"));
  writeFileSync(join(folder, "assigned/notes"), "not a user");
  await same("s1");
});

test("a folder that nobody made yet has no files", async () => {
  expect(await files.unsettled()).toEqual([]);
  await files.settle("s1");
  await files.unsettle("s1");
  await files.remove("s1");
  expect(readdirSync(folder).filter((name) => name !== "unused")).toEqual([]);
});

test("a fault of the disk is not taken for a file that is not there", async () => {
  writeFileSync(join(folder, "unsettled"), "no folder");
  const fault = { code: "ENOTDIR" };
  await expect(files.read("s1")).rejects.toMatchObject(fault);
  await expect(files.unsettled()).rejects.toMatchObject(fault);
  await expect(files.settle("s1")).rejects.toMatchObject(fault);
  rmSync(join(folder, "unsettled"));
  writeFileSync(join(folder, "assigned"), "no folder");
  await expect(files.remove("s1")).rejects.toMatchObject(fault);
});

test("a file that somebody moves between being found and being read is looked for once more, and no more", async () => {
  await files.put("s1", secret);
  const [here, there] = ["unsettled", "banned"].map((place) => join(folder, place, "s1.session")) as [string, string];
  mkdirSync(join(folder, "banned"));
  const { readFile: read } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
  const after = (moved: () => void) => async (path: Parameters<typeof read>[0]) => {
    moved();
    return read(path);
  };
  vi.mocked(readFile).mockImplementationOnce(after(() => renameSync(here, there)));
  await same("s1");
  for (const [from, to] of [
    [there, here],
    [here, there],
  ] as const)
    vi.mocked(readFile).mockImplementationOnce(after(() => renameSync(from, to)));
  await expect(files.read("s1")).rejects.toMatchObject({ code: "ENOENT" });
  await same("s1");
});

test("a file that is moved while it is sealed anew stays where it was moved to, and is sealed anew there", async () => {
  const other = randomBytes(32);
  await files.put("s1", secret);
  const rotated = createSessionFiles({ folder, seal: sealBy(other, key) });
  const { readFile: read } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
  vi.mocked(readFile).mockImplementationOnce(async (path) => {
    const content = await read(path);
    await files.move("s1", "assigned", "u1");
    return content;
  });
  expect(await rotated.reseal("s1")).toBe(true);
  expect(readdirSync(join(folder, "unsettled"))).toEqual([]);
  const after = createSessionFiles({ folder, seal: sealBy(other) });
  expect(await after.read("s1")).toMatchObject({ dcId: 2 });
  expect(readdirSync(join(folder, "assigned/u1"))).toEqual(["s1.session"]);
  expect(await rotated.reseal("s1")).toBe(false);
});

test("of the sessions that are asked for the missing keys are told, wherever their files lie", async () => {
  const idOf = (of: Buffer) => createHash("sha256").update(of).digest("hex").slice(0, 8);
  for (const [id, place, owner] of [
    ["s1", "unused", null],
    ["s2", "assigned", "u1"],
    ["s3", "banned", null],
  ] as const) {
    await files.put(id, secret);
    await files.move(id, place, owner);
  }
  await files.put("s4", secret);
  writeFileSync(join(folder, "unused/s5.session"), "damaged");
  const ids = ["s1", "s2", "s3", "s4", "s5", "not there"];
  const other = createSessionFiles({ folder, seal: sealBy(randomBytes(32)) });
  expect(await other.missingKeys(ids)).toEqual(Array(4).fill(idOf(key)));
  expect(await other.missingKeys(["s2", "s5"])).toEqual([idOf(key)]);
  expect(await files.missingKeys(ids)).toEqual([]);
  vi.mocked(readFile).mockImplementationOnce(async () => {
    throw Object.assign(new Error("moved"), { code: "ENOENT" });
  });
  expect(await other.missingKeys(ids)).toHaveLength(3);
});

test("what a killed process had half written goes with its session, and nobody else's", async () => {
  for (const id of ["s1", "s11"]) {
    await files.put(id, secret);
    await files.move(id, "assigned", "u1");
    writeFileSync(join(folder, `assigned/u1/${id}.session.0123456789ab.tmp`), "half");
  }
  await files.remove("s1");
  expect(readdirSync(join(folder, "assigned/u1")).sort()).toEqual(["s11.session", "s11.session.0123456789ab.tmp"]);
});

test("of two copies of which one is moved to where the other is removed one stays", async () => {
  await files.put("s1", secret);
  await files.move("s1", "unused", null);
  mkdirSync(join(folder, "banned"));
  const [unused, banned] = ["unused", "banned"].map((place) => join(folder, place, "s1.session")) as [string, string];
  const rotated = createSessionFiles({ folder, seal: sealBy(randomBytes(32), key) });
  const { access: look, readFile: read } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
  vi.mocked(readFile).mockImplementationOnce(async (path) => {
    const content = await read(path);
    renameSync(unused, banned); // to another place while it is sealed anew …
    return content;
  });
  let movesBack = true;
  vi.mocked(access).mockImplementation(async (path) => {
    await look(path);
    // … and back, once both were seen
    if (movesBack && path === banned && existsSync(unused)) {
      movesBack = false;
      renameSync(banned, unused);
    }
  });
  expect(await rotated.reseal("s1")).toBe(true);
  expect(await rotated.read("s1")).toMatchObject({ dcId: 2 });
});

test("two writes of one session leave one whole file and no temporary one", async () => {
  await Promise.all(Array.from({ length: 8 }, () => files.put("s1", secret)));
  expect(readdirSync(join(folder, "unsettled"))).toEqual(["s1.session"]);
  await same("s1");
});

test("wrong ids are refused before anything is touched", async () => {
  for (const id of ["../s1", "s1/..", "s.1", "s 1", "", "x".repeat(65)])
    await expect(files.put(id, secret)).rejects.toThrow(/cannot name a file/);
  expect(readdirSync(folder)).toEqual([]);
  for (const id of ["x", "x".repeat(64), "A_b-9"]) await files.put(id, secret);
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
