import type { SessionFiles, Store } from "../ports/index.ts";

export interface Resealed {
  /** how many were sealed with the current key now */
  resealed: number;
  /** how many were before */
  current: number;
  /** what does not open, in plain words, without any key */
  unopened: string[];
}

/** What came of one thing: whether it was sealed anew; null when it is gone. Throws saying why it does not open. */
type Reseal = () => Promise<boolean | null>;

/**
 * Seals everything that is sealed with the current key. Each thing is done by itself, so it may be killed and run again at any
 * time, while engines work: they open both. What comes meanwhile is sealed by an engine, and what goes meanwhile is left out.
 *
 * @param onProgress hears how many are through, of how many
 */
export async function resealAll(
  deps: { store: Store; sessionFiles: SessionFiles },
  onProgress: (done: number, of: number) => void = () => {},
): Promise<Resealed> {
  const result: Resealed = { resealed: 0, current: 0, unopened: [] };
  const all = await everything(deps);
  for (const [index, reseal] of all.entries()) {
    try {
      const isResealed = await reseal();
      if (isResealed !== null) result[isResealed ? "resealed" : "current"] += 1;
    } catch (error) {
      result.unopened.push(error instanceof Error ? error.message : String(error));
    }
    onProgress(index + 1, all.length);
  }
  return result;
}

async function everything({ store, sessionFiles }: { store: Store; sessionFiles: SessionFiles }): Promise<Reseal[]> {
  const { sessions, pairs, twoSteps } = await store.transaction(async (tx) => ({
    sessions: await tx.sessions.list(),
    pairs: await tx.apiPairs.list(),
    twoSteps: await tx.twoStep.list(),
  }));
  const withRow = new Set(sessions.map(({ id }) => id));
  const hasRow = (id: string) => store.transaction(async (tx) => (await tx.sessions.find(id)) !== null);

  const apiHash = (id: string, apiId: number) => async () => {
    const resealed = await store.transaction((tx) => tx.apiPairs.reseal(id));
    if (typeof resealed === "boolean") return resealed;
    throw new Error(`The api_hash of ${apiId} does not open: ${resealed.reason}.`);
  };
  const twoStep = (userId: string) => async () => {
    const resealed = await store.transaction((tx) => tx.twoStep.reseal(userId));
    if (typeof resealed === "boolean") return resealed;
    throw new Error(`The two-step secret of the user ${userId} does not open: ${resealed.reason}.`);
  };
  const ofSession = (id: string) => async () => {
    const isResealed = await sessionFiles.reseal(id).catch(async (error: unknown) => {
      if (await hasRow(id)) throw error;
      return null;
    });
    if (isResealed !== true || (await hasRow(id))) return isResealed;
    // its session was removed while it was written: nobody else knows that it is there again
    await sessionFiles.remove(id);
    return null;
  };
  /** Its row may come in this moment. */
  const unsettled = (id: string) => async () => {
    const isThere = async () => (await hasRow(id)) || (await sessionFiles.unsettled()).includes(id);
    return sessionFiles.reseal(id).catch(async (error: unknown) => {
      if (await isThere()) throw error;
      return null;
    });
  };
  return [
    ...pairs.map(({ id, apiId }) => apiHash(id, apiId)),
    ...twoSteps.map(twoStep),
    ...sessions.map(({ id }) => ofSession(id)),
    ...(await sessionFiles.unsettled()).filter((id) => !withRow.has(id)).map(unsettled),
  ];
}
