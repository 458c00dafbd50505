import { expect, test } from "vitest";
import type { SessionFiles } from "../ports/index.ts";
import { aSession, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import { moveSessionFiles, reconcileSessionFiles, removeUnsettledFiles } from "./session-files.ts";

const TEN_MINUTES = 600_000;

test("every file is put where its row says, and those that are missing are told by their label", async () => {
  const { store, sessions } = new FakeBots();
  sessions.push(
    aSession("works"),
    aSession("gone", { label: "@gone" }),
    aSession("free", { place: "unused", userId: null }),
    aSession("dead", { place: "banned", userId: null }),
  );
  const moved: string[] = [];
  const files = only<SessionFiles>({
    move: async (id, place, userId) => {
      if (id === "gone") throw new Error("ENOENT");
      moved.push(`${id} ${place} ${userId}`);
    },
  });
  expect(await reconcileSessionFiles(store, files)).toEqual(["@gone"]);
  expect(moved).toEqual(["works assigned user", "free unused null", "dead banned null"]);
});

/** Unsettled files, and what became of them. */
function unsettled(...ids: string[]) {
  const bots = new FakeBots();
  const clock = new FakeClock();
  const stop = new AbortController();
  const files = new Set(ids);
  const removed: string[] = [];
  const sessionFiles = only<SessionFiles>({
    unsettled: async () => [...files],
    remove: async (id) => void removed.push(id),
  });
  const run = () => removeUnsettledFiles({ store: bots.store, sessionFiles, clock }, stop.signal);
  return { bots, clock, stop, files, removed, run };
}

test("a file that is still without a row after ten minutes is removed, and no other", async () => {
  const { bots, clock, files, removed, run } = unsettled("left", "settled", "its row is here", "its row is late");
  bots.sessions = [aSession("its row is here")];
  const ended = run();
  await clock.advance(TEN_MINUTES - 1);
  expect(removed).toEqual([]);
  files.delete("settled");
  files.add("only just brought");
  bots.sessions = [aSession("its row is late")];
  await clock.advance(1);
  expect(await ended).toEqual(["left"]);
  expect(removed).toEqual(["left"]);
});

test("where every file has its row nothing is waited for", async () => {
  const { bots, clock, run } = unsettled("a");
  bots.sessions = [aSession("a")];
  expect(await run()).toEqual([]);
  expect(clock.sleeping).toBe(0);
  const none = unsettled();
  // nobody asks for the rows then
  Object.assign(none.bots.store, { transaction: () => Promise.reject(new Error("asked in vain")) });
  expect(await none.run()).toEqual([]);
});

test("told to end while it waits, it removes nothing", async () => {
  const { clock, stop, removed, run } = unsettled("left");
  const ended = run();
  await clock.advance(TEN_MINUTES - 1);
  stop.abort();
  expect(await ended).toEqual([]);
  expect(removed).toEqual([]);
});

test("files go where their rows say, and one that cannot is told and holds up no other", async () => {
  const moved: unknown[] = [];
  const faults: unknown[] = [];
  const missing = new Error("ENOENT");
  const sessionFiles = {
    move: async (...to: unknown[]) => {
      if (to[0] === "gone") throw missing;
      moved.push(to);
    },
  };
  const rows = [
    aSession("gone"),
    aSession("there"),
    aSession("back", { place: "unused", userId: null }),
    aSession("dead", { place: "banned", userId: null }),
  ];
  await moveSessionFiles({ sessionFiles, onFault: (fault, _, about) => faults.push([fault, about]) }, rows);
  expect(moved).toEqual([
    ["there", "assigned", "user"],
    ["back", "unused", null],
    ["dead", "banned", null],
  ]);
  expect(faults).toEqual([[missing, { session: "gone" }]]);
});
