import { expect, test } from "vitest";
import type { AuditEntry } from "../model/audit.ts";
import type { ApiPairRepository, Transaction, Views } from "../ports/index.ts";
import { only } from "../testing/only.ts";
import { apiPairService } from "./api-pairs.ts";
import type { Dependencies } from "./dependencies.ts";

const ROOT = { kind: "admin", id: "root", name: "Root" } as const;
const HASH = "0123456789ABCDEF0123456789ABCDEF";

/** One pair with three accounts on it, and what becomes of it. */
function scene() {
  const aPair = (id: string, apiId: number, used: number) => ({
    ...{ id, apiId, used, label: "ours" as string | null, capacity: 7, addedAt: new Date(0) },
  });
  let pairs = [aPair("free", 2, 0), aPair("pair", 1, 3)];
  const hashes: string[] = [];
  const audited: AuditEntry[] = [];
  const changes: string[] = [];
  const tx = only<Transaction>({
    apiPairs: only<ApiPairRepository>({
      // what is judged must stay so until it is written
      list: async (options) => (options?.forUpdate ? pairs : []),
      add: async ({ apiHash, ...pair }) => {
        if (pairs.some(({ apiId }) => apiId === pair.apiId)) return "api_pair_known";
        hashes.push(apiHash);
        pairs.push({ ...pair, id: "new", used: 0, addedAt: new Date(0) });
        return { id: "new" };
      },
      update: async (id, change) => {
        pairs = pairs.map((pair) => (pair.id === id ? { ...pair, ...change } : pair));
      },
      remove: async (id) => {
        pairs = pairs.filter((pair) => pair.id !== id);
      },
    }),
    audit: async (entry) => void audited.push(entry),
    poolChanged: async () => void changes.push("pool"),
  });
  const views = only<Views>({ apiPairs: async () => [] });
  const service = apiPairService(only<Dependencies>({ store: { transaction: (work) => work(tx) }, views }));
  return { service, hashes, audited, changes, pair: (id: string) => pairs.find((pair) => pair.id === id) };
}
const act = (action: string, id: string, before: object | null, after: object | null) => ({
  actor: ROOT,
  action,
  target: { kind: "api_pair", id },
  userId: null,
  before,
  after,
});

test("a pair is added once, and its hash stands in no audit", async () => {
  const { service, hashes, audited, changes, pair } = scene();
  expect(await service.add(ROOT, { apiId: 3, apiHash: HASH, label: "", capacity: 5 })).toEqual({ id: "new" });
  expect(pair("new")).toMatchObject({ apiId: 3, label: null, capacity: 5 });
  expect(hashes).toEqual([HASH.toLowerCase()]);
  const added = { apiId: 3, apiHash: "changed", label: null, capacity: 5 };
  expect(audited).toEqual([act("api_pair.add", "new", null, added)]);
  expect(changes).toEqual(["pool"]);
  await expect(service.add(ROOT, { apiId: 3, apiHash: HASH, capacity: 5 })).rejects.toMatchObject({
    code: "api_pair_known",
    field: "apiId",
  });
  expect([audited.length, changes.length]).toEqual([1, 1]);
});

test("a label is kept as it was written", async () => {
  const { service, audited, pair } = scene();
  await service.add(ROOT, { apiId: 3, apiHash: HASH, label: "spare", capacity: 5 });
  expect(pair("new")).toMatchObject({ label: "spare" });
  expect(audited).toMatchObject([{ after: { label: "spare" } }]);
});

test("only what is named is changed, and what is the same already is nobody's act", async () => {
  const { service, audited, changes, pair } = scene();
  expect(await service.update(ROOT, { id: "pair", label: "spare" })).toEqual({ id: "pair" });
  expect(pair("pair")).toMatchObject({ label: "spare", capacity: 7 });
  await service.update(ROOT, { id: "pair", capacity: 8 });
  expect(pair("pair")).toMatchObject({ label: "spare", capacity: 8 });
  await service.update(ROOT, { id: "pair", label: "spare", capacity: 8 });
  expect(audited).toEqual([
    act("api_pair.update", "pair", { label: "ours" }, { label: "spare" }),
    act("api_pair.update", "pair", { capacity: 7 }, { capacity: 8 }),
  ]);
  expect(changes).toEqual(["pool", "pool", "pool"]);
});

test("a pair holds no fewer accounts than sit on it", async () => {
  const { service, audited, pair } = scene();
  await expect(service.update(ROOT, { id: "pair", capacity: 2, label: "spare" })).rejects.toMatchObject({
    code: "api_pair_capacity",
    field: "capacity",
    details: { used: 3 },
  });
  expect([pair("pair")?.capacity, pair("pair")?.label, audited]).toEqual([7, "ours", []]);
  await service.update(ROOT, { id: "pair", capacity: 3 });
  expect(pair("pair")?.capacity).toBe(3);
});

test("a pair that accounts sit on is not removed; one that is free is", async () => {
  const { service, audited, changes, pair } = scene();
  await expect(service.remove(ROOT, "pair")).rejects.toMatchObject({ code: "api_pair_in_use", details: { used: 3 } });
  expect([pair("pair")?.id, audited]).toEqual(["pair", []]);
  expect(await service.remove(ROOT, "free")).toEqual({ removed: true });
  expect(pair("free")).toBeUndefined();
  expect(audited).toEqual([act("api_pair.remove", "free", { apiId: 2, label: "ours", capacity: 7 }, null)]);
  expect(changes).toEqual(["pool"]);
});

test("a pair that is gone is said to be", async () => {
  const { service } = scene();
  await expect(service.update(ROOT, { id: "gone", capacity: 7 })).rejects.toMatchObject({ code: "not_found" });
  await expect(service.remove(ROOT, "gone")).rejects.toMatchObject({ code: "not_found" });
});
