import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./fault.ts";

const GROUP_AND_OTHERS = 0o077;

/** Whether somebody else than its owner may do anything with a file of this mode. Windows has no such modes. */
export const isForOthers = (mode: number): boolean => process.platform !== "win32" && (mode & GROUP_AND_OTHERS) !== 0;

/** The files among these that somebody else may read or write. Those that there are not are none. */
export const filesForOthers = (paths: readonly string[]): Fault[] =>
  paths.filter(othersMayUse).map((path) => ({ about: path, message: forOthers(path) }));

/** What is said of such a file, behind its name. */
export const forOthers = (path: string): string => `can be read by others on this machine: chmod 600 ${quoted(path)}`;

/** Whether somebody else may read or write a file with this ending, at any depth of the folder. None when there is no folder. */
export function folderForOthers(folder: string, ending: string): Fault[] {
  const count = filesBelow(folder).filter((path) => path.endsWith(ending) && othersMayUse(path)).length;
  if (count === 0) return [];
  return [
    {
      about: folder,
      message: `has ${count} ${count === 1 ? "file" : "files"} that others can read: chmod -R go-rwx ${quoted(folder)}`,
    },
  ];
}

function othersMayUse(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && isForOthers(found.mode);
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** As a shell takes it for one word. */
const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
