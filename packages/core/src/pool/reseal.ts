import type { SessionFiles, Store } from "../ports/index.ts";

export interface Resealed {
  /** how many were sealed with the current key now */
  resealed: number;
  /** how many were before */
  current: number;
  /** what does not open, in plain words, without any key */
  unopened: string[];
}

/**
 * Seals every session file and every api_hash with the current key. Each is done by itself, so it may be killed and run again
 * at any time, while engines work: they open both.
 */
export async function resealAll({
  store,
  sessionFiles,
}: {
  store: Store;
  sessionFiles: SessionFiles;
}): Promise<Resealed> {
  const result: Resealed = { resealed: 0, current: 0, unopened: [] };
  const count = (isResealed: boolean) => {
    if (isResealed) result.resealed += 1;
    else result.current += 1;
  };
  const { sessions, pairs } = await store.transaction(async (tx) => ({
    sessions: await tx.sessions.list(),
    pairs: await tx.apiPairs.list(),
  }));
  for (const { id, apiId } of pairs) {
    const resealed = await store.transaction((tx) => tx.apiPairs.reseal(id));
    if (typeof resealed === "boolean") count(resealed);
    else result.unopened.push(`The api_hash of ${apiId} does not open: ${resealed.reason}.`);
  }
  for (const id of new Set([...sessions.map((session) => session.id), ...(await sessionFiles.unsettled())]))
    await sessionFiles.reseal(id).then(count, (error: unknown) => {
      result.unopened.push(error instanceof Error ? error.message : String(error));
    });
  return result;
}
