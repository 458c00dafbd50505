import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServices, type Dependencies, HeraldError, removeUnsettledFiles, type Store } from "@herald/core";
import { FakeClock } from "@herald/core/testing";
import { telethonString } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createParts, type Parts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { startStack } from "./testing/stack.ts";

const system = { kind: "system", name: "tests" } as const;
let stack: Stack;
let parts: Parts;
let folder: string;
let phones = 0;

beforeAll(async () => {
  stack = await startStack();
  folder = await mkdtemp(join(tmpdir(), "herald-files-"));
  parts = await createParts(readEnvironment({ ...stack.environment("files"), SESSIONS_DIR: folder }));
});
afterAll(async () => {
  await parts.database.close();
  await stack[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const { id } of await rows()) await services().sessions.remove(system, id);
});

const services = (changed: Partial<Dependencies> = {}) =>
  createServices({ ...parts.dependencies, ...changed }, () => Promise.reject(new Error("no engine runs here")));
const rows = () => parts.dependencies.store.transaction((tx) => tx.sessions.list());
const filesIn = (place: string) => readdir(join(folder, place)).catch((): string[] => []);
const upload = (
  changed: Partial<Dependencies>,
  account = stack.emulator.world.account({ phone: `99968${++phones}` }),
) => services(changed).sessions.upload(system, { name: "a.txt", content: Buffer.from(telethonString(account)) });

class RolledBack extends Error {}

/** A store whose transactions that add a session meet `end` in place of their first commit. */
function endingOnce(store: Store, end: (again: () => Promise<unknown>) => Promise<unknown>): Store {
  let first = true;
  return {
    async transaction(work) {
      let adds = false;
      const inner = (rollBack: boolean) =>
        store.transaction(async (tx) => {
          const add: typeof tx.sessions.add = (session) => {
            adds = true;
            return tx.sessions.add(session);
          };
          const result = await work({ ...tx, sessions: { ...tx.sessions, add } });
          if (rollBack && adds) throw new RolledBack();
          return result;
        });
      if (!first) return inner(false);
      try {
        return await inner(true);
      } catch (error) {
        if (!(error instanceof RolledBack)) throw error;
        first = false;
        await end(() => inner(false));
        return inner(false);
      }
    },
  };
}

test("an upload whose transaction loses once and runs again leaves one row and its one file", async () => {
  const store = endingOnce(parts.dependencies.store, async () => {});
  expect(await upload({ store })).toMatchObject({ status: "added" });
  const [row, ...more] = await rows();
  expect(more).toEqual([]);
  expect(await filesIn("unused")).toEqual([`${row?.id}.session`]);
  expect(await filesIn("unsettled")).toEqual([]);
  expect((await parts.dependencies.sessionFiles.read(row?.id ?? "")).authKey).toHaveLength(256);
});

test("an upload that is refused or fails leaves no key", async () => {
  const account = stack.emulator.world.account({ phone: `99968${++phones}` });
  const meanwhile = endingOnce(parts.dependencies.store, () => upload({}, account));
  expect(await upload({ store: meanwhile }, account)).toMatchObject({ status: "refused", code: "session_known" });
  expect(await filesIn("unused")).toHaveLength(1);
  expect(await filesIn("unsettled")).toEqual([]);
  const failing = endingOnce(parts.dependencies.store, () => Promise.reject(new Error("a fault")));
  const faults: unknown[] = [];
  expect(await upload({ store: failing, onFault: (fault) => faults.push(fault) })).toMatchObject({
    status: "failed",
    code: "interrupted",
  });
  expect(faults).toEqual([new Error("a fault")]);
  expect(await filesIn("unsettled")).toEqual([]);
});

test("a commit without an answer keeps the file: its row may stand", async () => {
  const store = endingOnce(parts.dependencies.store, async (again) => {
    await again();
    throw new HeraldError("database_unavailable", "away");
  });
  expect(await upload({ store })).toMatchObject({ status: "failed", code: "interrupted" });
  const [row] = await rows();
  expect((await parts.dependencies.sessionFiles.read(row?.id ?? "")).authKey).toHaveLength(256);
});

test("what a crash left without a row is removed after a second look, and nothing else", async () => {
  const { sessionFiles, store } = parts.dependencies;
  const secret = { dcId: 2, host: null, port: null, authKey: new Uint8Array(256).fill(1) };
  await upload({});
  const [kept] = await rows();
  await sessionFiles.unsettle(kept?.id ?? "");
  await sessionFiles.put("of-a-crash", secret);
  await sessionFiles.put("of-another-database", secret);
  await sessionFiles.settle("of-another-database");
  const clock = new FakeClock();
  const removed = removeUnsettledFiles({ store, sessionFiles, clock }, new AbortController().signal);
  while (clock.sleeping === 0) await new Promise(setImmediate);
  await sessionFiles.put("of-an-upload-under-way", secret);
  await clock.advance(600_000);
  expect(await removed).toEqual(["of-a-crash"]);
  expect((await filesIn("unsettled")).sort()).toEqual([`${kept?.id}.session`, "of-an-upload-under-way.session"].sort());
  expect(await filesIn("unused")).toEqual(["of-another-database.session"]);
});

test("a key that comes twice at once is connected once, so that its account lives", async () => {
  const pair = await services().apiPairs.add(system, { apiId: 1, apiHash: "0".repeat(32), capacity: 7 });
  const account = stack.emulator.world.account({ phone: `99968${++phones}` });
  const file = { name: "a.txt", content: Buffer.from(telethonString(account)) };
  const one = services();
  const results = await Promise.all([file, file, file].map((copy) => one.sessions.upload(system, copy)));
  const statuses = results.map((result) => (result.status === "added" ? result.checked : result.code));
  expect(statuses.toSorted()).toEqual(["session_known", "session_known", true]);
  expect(stack.emulator.counters.keyDuplicates).toEqual([]);
  const [row] = await rows();
  expect(row).toMatchObject({ telegramUserId: String(account.id), needsAdmin: false, code: null });
  await one.apiPairs.remove(system, pair.id);
});
