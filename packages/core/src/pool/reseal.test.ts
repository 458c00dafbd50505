import { expect, test } from "vitest";
import type {
  ApiPairRepository,
  SessionFiles,
  SessionRepository,
  Transaction,
  TwoStepRepository,
} from "../ports/index.ts";
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
  const progress: string[] = [];
  const sessions = ["old file", "damaged", "odd", "new file"].map((id) => aSession(id));
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
      list: async () => sessions,
      find: async (id) => sessions.find((session) => session.id === id) ?? null,
    }),
    apiPairs: only<ApiPairRepository>({
      list: async () => [pair("old", 1), pair("lost", 2), pair("new", 3)],
      reseal: async (id) => hashes.get(id) ?? false,
    }),
    twoStep: only<TwoStepRepository>({
      list: async () => ["old", "lost", "new"],
      reseal: async (id) => hashes.get(id) ?? false,
    }),
  });
  const store = { transaction: <T>(work: (tx: Transaction) => Promise<T>) => work(tx) };
  expect(await resealAll({ store, sessionFiles }, (done, of) => progress.push(`${done}/${of}`))).toEqual({
    resealed: 4,
    current: 3,
    unopened: [
      "The api_hash of 2 does not open: it was sealed with another key.",
      "The two-step secret of the user lost does not open: it was sealed with another key.",
      "The file damaged does not open.",
      "no error",
    ],
  });
  expect(asked).toEqual(["old file", "damaged", "odd", "new file", "waiting"]);
  expect(progress).toEqual(Array.from({ length: 11 }, (_, n) => `${n + 1}/11`));
});

/** A pool in which these sessions' files are; `reseal` is what happens to each of them. */
function poolOf(sessionIds: string[], reseal: (id: string) => Promise<boolean>, unsettledIds: string[] = []) {
  const pool = { sessions: sessionIds.map((id) => aSession(id)), unsettled: unsettledIds, removed: [] as string[] };
  const sessionFiles = only<SessionFiles>({
    reseal,
    unsettled: async () => pool.unsettled,
    remove: async (id) => void pool.removed.push(id),
  });
  const tx = only<Transaction>({
    sessions: only<SessionRepository>({
      list: async () => [...pool.sessions],
      find: async (id) => pool.sessions.find((session) => session.id === id) ?? null,
    }),
    apiPairs: only<ApiPairRepository>({ list: async () => [] }),
    twoStep: only<TwoStepRepository>({ list: async () => [] }),
  });
  return { pool, run: () => resealAll({ store: { transaction: (work) => work(tx) }, sessionFiles }) };
}

test("a session that is removed while its file is sealed anew leaves no file, and is nothing to be told of", async () => {
  const { pool, run } = poolOf(["written again", "gone before", "stays"], async (id) => {
    pool.sessions = pool.sessions.filter((session) => session.id !== id || id === "stays");
    if (id === "gone before") throw new Error("Its file is not there.");
    return true;
  });
  expect(await run()).toEqual({ resealed: 1, current: 0, unopened: [] });
  expect(pool.removed).toEqual(["written again"]);
});

test("an upload that is given up while its file is sealed anew is nothing to be told of, and one that stays is", async () => {
  const refuse = async (id: string) => {
    pool.unsettled = pool.unsettled.filter((other) => other !== id || id === "stays");
    if (id === "entered") pool.sessions = [aSession("entered")];
    throw new Error(`The file ${id} does not open.`);
  };
  const { pool, run } = poolOf([], refuse, ["given up", "stays", "entered"]);
  expect(await run()).toEqual({
    resealed: 0,
    current: 0,
    unopened: ["The file stays does not open.", "The file entered does not open."],
  });
  expect(pool.removed).toEqual([]);
});
