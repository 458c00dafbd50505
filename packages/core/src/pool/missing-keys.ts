import type { SessionFiles, Store } from "../ports/index.ts";

/** What one key sealed that is not here, by what it is: `{ "session file": 3 }`. */
export interface MissingKey {
  keyId: string;
  sealed: Record<string, number>;
}

/**
 * The keys that are not here and would open something that is stored. What is missing or damaged is none of it: that keeps one
 * account from working, and no key would mend it.
 */
export async function missingKeys({
  store,
  sessionFiles,
}: {
  store: Store;
  sessionFiles: Pick<SessionFiles, "missingKeys">;
}): Promise<MissingKey[]> {
  const { sessions, ofPairs, ofTwoSteps } = await store.transaction(async (tx) => ({
    sessions: await tx.sessions.list(),
    ofPairs: await tx.apiPairs.missingKeys(),
    ofTwoSteps: await tx.twoStep.missingKeys(),
  }));
  const found = {
    "session file": await sessionFiles.missingKeys(sessions.map(({ id }) => id)),
    "API pair": ofPairs,
    "two-step sign-in": ofTwoSteps,
  };
  return [...new Set(Object.values(found).flat())].map((keyId) => {
    const counts = Object.entries(found).map(
      ([what, keys]) => [what, keys.filter((key) => key === keyId).length] as const,
    );
    return { keyId, sealed: Object.fromEntries(counts.filter(([, count]) => count > 0)) };
  });
}
