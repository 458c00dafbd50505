import { expect, test } from "vitest";
import type { ApiPairRepository, SessionRepository, Transaction, TwoStepRepository } from "../ports/index.ts";
import { aSession } from "../testing/fake-bots.ts";
import { only } from "../testing/only.ts";
import { missingKeys } from "./missing-keys.ts";

/** @param ofFiles what the files ask for, by the id of their session */
function missing(ofFiles: Record<string, string[]>, ofPairs: string[], ofTwoSteps: string[] = []) {
  const tx = only<Transaction>({
    sessions: only<SessionRepository>({ list: async () => ["one", "two"].map((id) => aSession(id)) }),
    apiPairs: only<ApiPairRepository>({ missingKeys: async () => ofPairs }),
    twoStep: only<TwoStepRepository>({ missingKeys: async () => ofTwoSteps }),
  });
  const sessionFiles = { missingKeys: async (ids: readonly string[]) => ids.flatMap((id) => ofFiles[id] ?? []) };
  return missingKeys({ store: { transaction: (work) => work(tx) }, sessionFiles });
}

test("each key that is missing is told once, with how much of what it sealed", async () => {
  expect(await missing({ one: ["aa"], two: ["aa"], "of another database": ["cc"] }, ["bb", "aa"], ["bb"])).toEqual([
    { keyId: "aa", sealed: { "session file": 2, "API pair": 1 } },
    { keyId: "bb", sealed: { "API pair": 1, "two-step sign-in": 1 } },
  ]);
});

test("where everything opens nothing is missing", async () => {
  expect(await missing({}, [])).toEqual([]);
});
