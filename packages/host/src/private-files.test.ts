import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesForOthers, folderForOthers } from "./private-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herald host's "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  chmodSync(path, mode);
  return path;
}

test("files that others may use are named with a command that a shell takes; those that there are not are none", () => {
  const open = file(".env", 0o640);
  expect(filesForOthers([open, file("secrets.json", 0o600), join(folder, "none")])).toEqual([
    {
      about: open,
      message: `can be read by others on this machine: chmod 600 '${open.replaceAll("'", `'\\''`)}'`,
    },
  ]);
});

test("of a folder the files with the ending are counted, at any depth", () => {
  expect(folderForOthers(join(folder, "none"), ".session")).toEqual([]);
  mkdirSync(join(folder, "assigned/u1"), { recursive: true });
  file("assigned/u1/closed.session", 0o600);
  file("assigned/.gitkeep", 0o644);
  expect(folderForOthers(folder, ".session")).toEqual([]);
  file("assigned/u1/a.session", 0o644);
  file("b.session", 0o660);
  expect(folderForOthers(folder, ".session")).toEqual([
    { about: folder, message: expect.stringMatching(/^has 2 files that others can read: chmod -R go-rwx '/) },
  ]);
});

test("a fault of the disk is not taken for a folder that is not there", () => {
  expect(() => folderForOthers(file("no folder", 0o600), ".session")).toThrow("ENOTDIR");
});
