import { expect, test } from "vitest";
import type { ApiPairRepository, SessionFiles, SessionRepository, Transaction } from "../ports/index.ts";
import { aSession } from "../testing/fake-bots.ts";
import { only } from "../testing/only.ts";
import { resealAll } from "./reseal.ts";

test("every file and every hash is sealed anew, each once; what does not open is told and keeps nothing from the others", async () => {
  const pair = (id: string, apiId: number) => ({
    ...{ id, apiId, label: null, capacity: 7, used: 0, addedAt: new Date(0) },
  });
  const hashes = new Map<string, boolean | { reason: string }>([
    ["old", true],
    ["lost", { reason: "it was sealed with another key" }],
    ["new", false],
  ]);
  const asked: string[] = [];
  const sessionFiles = only<SessionFiles>({
    // one that waits for its row, and one whose row came meanwhile
    unsettled: async () => ["waiting", "old file"],
    reseal: async (id) => {
      asked.push(id);
      if (id === "damaged") throw new Error("The file damaged does not open.");
      if (id === "odd") throw "no error";
      return id !== "new file";
    },
  });
  const tx = only<Transaction>({
    sessions: only<SessionRepository>({
      list: async () => ["old file", "damaged", "odd", "new file"].map((id) => aSession(id)),
    }),
    apiPairs: only<ApiPairRepository>({
      list: async () => [pair("old", 1), pair("lost", 2), pair("new", 3)],
      reseal: async (id) => hashes.get(id) ?? false,
    }),
  });
  expect(await resealAll({ store: { transaction: (work) => work(tx) }, sessionFiles })).toEqual({
    resealed: 3,
    current: 2,
    unopened: [
      "The api_hash of 2 does not open: it was sealed with another key.",
      "The file damaged does not open.",
      "no error",
    ],
  });
  expect(asked).toEqual(["old file", "damaged", "odd", "new file", "waiting"]);
});
