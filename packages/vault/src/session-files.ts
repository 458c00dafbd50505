import { randomBytes } from "node:crypto";
import { access, chmod, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SessionPlace } from "@herald/contract";
import type { SessionFiles, SessionSeal } from "@herald/core";

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/** Files whose row is about to come or to go. */
const UNSETTLED = "unsettled";
const EXTENSION = ".session";
/** A file that another process moves can be missed in passing; twice in a row it is not there. */
const LOOKS = 2;

/**
 * The session files under `folder`: `unused/`, `assigned/<user id>/`, `banned/` and `unsettled/`, each session in
 * `<session id>.session`, sealed. Only the owner of the process can read files and folders.
 */
export function createSessionFiles({ folder, seal }: { folder: string; seal: SessionSeal }): SessionFiles {
  const pathIn = (directory: string, sessionId: string) => join(directory, `${safeName(sessionId)}${EXTENSION}`);
  const folderOf = (place: SessionPlace, userId: string | null): string => {
    if (place !== "assigned") return join(folder, place);
    if (userId === null) throw new Error("An assigned session needs the user that it is assigned to.");
    return join(folder, place, safeName(userId));
  };
  /** All that session files may lie in. */
  const folders = async (): Promise<string[]> => {
    const users = await readdir(join(folder, "assigned"), { withFileTypes: true }).catch(ignoreMissing);
    return [
      join(folder, UNSETTLED),
      join(folder, "unused"),
      join(folder, "banned"),
      ...(users ?? []).filter((user) => user.isDirectory()).map((user) => join(folder, "assigned", user.name)),
    ];
  };
  /** Where it lies: in one place, but for the moment in which it is sealed anew and moved at once. */
  const copies = async (sessionId: string): Promise<string[]> => {
    const paths = (await folders()).map((directory) => pathIn(directory, sessionId));
    const there = await Promise.all(paths.map((path) => access(path).then(() => true, ignoreMissing)));
    return paths.filter((_, index) => there[index]);
  };
  const find = async (sessionId: string): Promise<string | undefined> => (await copies(sessionId))[0];
  const moveTo = async (directory: string, sessionId: string, from: string): Promise<void> => {
    const to = pathIn(directory, sessionId);
    if (from === to) return;
    await makePrivate(folder, dirname(directory), directory);
    await rename(from, to);
    await sync(directory);
  };
  /** Removes a copy beside another one. By way of the unsettled ones: the other may just be moved to where this one lies. */
  const removeCopy = async (sessionId: string, path: string): Promise<void> => {
    const aside = pathIn(join(folder, UNSETTLED), sessionId);
    await moveTo(dirname(aside), sessionId, path).catch(ignoreMissing);
    if ((await copies(sessionId)).some((copy) => copy !== aside)) await rm(aside, { force: true });
  };
  /** Does `act` with the file's path; looks once more when it was moved meanwhile. */
  const withFile = async <T>(sessionId: string, act: (path: string) => Promise<T>): Promise<T> => {
    for (let looks = 1; ; looks += 1) {
      const path = await find(sessionId);
      try {
        if (path !== undefined) return await act(path);
      } catch (error) {
        if (looks === LOOKS || !isMissing(error)) throw error;
      }
      if (looks === LOOKS) throw new Error(`The file of session ${sessionId} is not in ${folder}.`);
    }
  };

  return {
    async put(sessionId, secret) {
      const directory = join(folder, UNSETTLED);
      const path = (await find(sessionId)) ?? pathIn(directory, sessionId);
      await makePrivate(folder, directory);
      await writeAtomically(path, seal.seal(sessionId, secret));
    },
    async read(sessionId) {
      return seal.open(sessionId, await withFile(sessionId, (path) => readFile(path)));
    },
    async move(sessionId, place, userId) {
      const directory = folderOf(place, userId);
      await withFile(sessionId, (path) => moveTo(directory, sessionId, path));
      const stays = pathIn(directory, sessionId);
      for (const path of await copies(sessionId)) if (path !== stays) await removeCopy(sessionId, path);
    },
    async unsettle(sessionId) {
      const path = await find(sessionId);
      if (path !== undefined) await moveTo(join(folder, UNSETTLED), sessionId, path);
    },
    async settle(sessionId) {
      // who was faster, and took it from there to an assigned session's folder, knows better
      await moveTo(join(folder, "unused"), sessionId, pathIn(join(folder, UNSETTLED), sessionId)).catch(ignoreMissing);
    },
    async unsettled() {
      return idsIn(join(folder, UNSETTLED));
    },
    async remove(sessionId) {
      const name = `${safeName(sessionId)}${EXTENSION}`;
      for (const directory of await folders()) {
        const names = (await readdir(directory).catch(ignoreMissing)) ?? [];
        // with what was half written when a process was killed
        const all = names.filter((other) => other === name || other.startsWith(`${name}.`));
        for (const file of all) await rm(join(directory, file), { force: true });
      }
    },
    async missingKeys(sessionIds) {
      const wanted = new Set(sessionIds);
      const missing: string[] = [];
      for (const directory of await folders())
        for (const id of (await idsIn(directory)).filter((id) => wanted.has(id))) {
          const sealed = await readFile(pathIn(directory, id)).catch(ignoreMissing); // moved meanwhile: by one who has its key
          const key = sealed === undefined ? null : seal.missingKey(id, sealed);
          if (key !== null) missing.push(key);
        }
      return missing;
    },
    async reseal(sessionId) {
      for (let isResealed = false; ; ) {
        const path = await withFile(sessionId, async (path) => {
          const sealed = seal.reseal(sessionId, await readFile(path));
          if (sealed !== null) await writeAtomically(path, sealed);
          return sealed === null ? null : path;
        });
        if (path === null) return isResealed;
        isResealed = true;
        // somebody moved the old one while the new one was written: then theirs is the place
        if ((await copies(sessionId)).some((copy) => copy !== path)) await removeCopy(sessionId, path);
      }
    },
  };
}

/** The sessions whose files lie in this folder. */
async function idsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(ignoreMissing);
  return (names ?? []).filter((name) => name.endsWith(EXTENSION)).map((name) => name.slice(0, -EXTENSION.length));
}

/** Ids become file names: nothing in them may lead out of the folder. */
function safeName(id: string): string {
  if (!/^[\w-]{1,64}$/.test(id)) throw new Error("This id cannot name a file: letters, digits, _ and - only.");
  return id;
}

async function makePrivate(...folders: string[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    await chmod(folder, PRIVATE_FOLDER);
  }
}

/** A crash leaves the old file or the new one, never a half. */
async function writeAtomically(path: string, data: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", PRIVATE_FILE);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await sync(join(path, ".."));
}

/** A rename is durable once its folder is. */
async function sync(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
