import type { Session } from "../model/domain.ts";
import type { Clock, OnFault, SessionFiles, Store } from "../ports/index.ts";

/** Longer than a file waits for its row, or its row's removal for the file's, unless a process ended in between. Milliseconds. */
const SETTLING_MS = 10 * 60_000;

export interface FileMoving {
  sessionFiles: Pick<SessionFiles, "move">;
  onFault: OnFault;
}

/**
 * Lets a session's file follow what was committed. That stands whatever becomes of the file, which is read wherever it lies:
 * what fails is told to `onFault` and not thrown, and is done when an engine boots.
 */
export async function afterCommit(onFault: OnFault, session: string, follow: () => Promise<void>): Promise<void> {
  try {
    await follow();
  } catch (fault) {
    onFault(fault, "a session file does not follow its row, and will when an engine boots", { session });
  }
}

/** {@link afterCommit}, the files of these rows go where their places say. @param rows as they were committed */
export async function moveSessionFiles(
  { sessionFiles, onFault }: FileMoving,
  rows: ReadonlyArray<Pick<Session, "id" | "place" | "userId">>,
): Promise<void> {
  const move = ({ id, place, userId }: (typeof rows)[number]) =>
    afterCommit(onFault, id, () => sessionFiles.move(id, place, userId));
  await Promise.all(rows.map(move));
}

/**
 * Puts every session file where its row says, for what a crash left between the two.
 * @returns the labels of sessions whose file is missing
 */
export async function reconcileSessionFiles(store: Store, files: SessionFiles): Promise<string[]> {
  const missing: string[] = [];
  for (const { id, label, place, userId } of await store.transaction((tx) => tx.sessions.list()))
    await files.move(id, place, userId).catch(() => missing.push(label));
  return missing;
}

/**
 * Removes the files that an upload or a removal left without a row when its process ended. Somebody may be at such work now:
 * so they are looked at twice, and only what is the same after ten minutes goes. Files that were settled once stay, whatever
 * the rows say: they may belong to another database.
 *
 * @returns the ids of the removed files; none when `signal` aborts first
 */
export async function removeUnsettledFiles(
  { store, sessionFiles, clock }: { store: Store; sessionFiles: SessionFiles; clock: Clock },
  signal: AbortSignal,
): Promise<string[]> {
  const withoutRow = async (ids: string[]): Promise<string[]> => {
    if (ids.length === 0) return [];
    const rows = new Set((await store.transaction((tx) => tx.sessions.list())).map(({ id }) => id));
    return ids.filter((id) => !rows.has(id));
  };
  const before = await withoutRow(await sessionFiles.unsettled());
  if (before.length === 0) return [];
  await clock.sleep(SETTLING_MS, signal);
  if (signal.aborted) return [];
  const still = new Set(await sessionFiles.unsettled());
  const left = await withoutRow(before.filter((id) => still.has(id)));
  for (const id of left) await sessionFiles.remove(id);
  return left;
}
