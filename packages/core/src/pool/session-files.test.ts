import { expect, test } from "vitest";
import { aSession } from "../testing/fake-bots.ts";
import { moveSessionFiles } from "./session-files.ts";

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
