import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

/** PostgreSQL refuses to run as root; root runs it as `nobody`. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const uid = isRoot ? NOBODY : process.getuid?.();

/** As whom its programs are started. */
export const ACCOUNT = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Makes the folder where it is missing, and one that nobody but PostgreSQL's account may enter (and root, who always may). */
export function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  giveAway(folder);
}

/** Whether it is a folder that nobody but PostgreSQL's account may enter. */
export function isPrivate(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
}

/** Lets PostgreSQL's account have what the present one has made. */
export function giveAway(path: string): void {
  if (isRoot) chownSync(path, NOBODY, NOBODY);
}

/**
 * `path` itself, unless root works in a folder that `nobody` cannot enter (/root, a mktemp folder): then a path of the
 * same meaning in the system's temporary folder that survives a restart.
 *
 * @param options.copy whether what stands at `path` is to be there
 * @throws Error when another account has made something there
 */
export function whereItCanEnter(path: string, { copy = false } = {}): string {
  if (!isRoot || othersCanEnter(dirname(path))) return path;
  const outside = `/var/tmp/herald-${hashOf(path)}`;
  if (!existsSync(outside)) {
    // whole or not at all: a copy that was broken off would stay
    const made = mkdtempSync(`${outside}-`);
    if (copy) cpSync(path, made, { recursive: true, verbatimSymlinks: true });
    chmodSync(made, 0o755);
    renameSync(made, outside);
  }
  const found = lstatSync(outside);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== NOBODY))
    throw new Error(
      `${outside}, where root's PostgreSQL is to be, was made by another account, so it is not used. Look at it and remove it, or start Herald as somebody else than root.`,
    );
  return outside;
}

/** Names a path in a few letters. */
export const hashOf = (path: string): string => createHash("sha256").update(path).digest("hex").slice(0, 12);

function othersCanEnter(path: string): boolean {
  const parent = dirname(path);
  return (!existsSync(path) || (statSync(path).mode & 0o001) !== 0) && (parent === path || othersCanEnter(parent));
}
