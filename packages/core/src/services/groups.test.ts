import { expect, test } from "vitest";
import type { Person } from "../model/actor.ts";
import { aGroup, FakeBots } from "../testing/fake-bots.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { groupService } from "./groups.ts";

const ada: Person = { kind: "user", id: "user", name: "Ada" };

/** Groups a (active) and b (retired), and the service over them. */
function scene() {
  const fakes = new FakeBots();
  fakes.groups = [aGroup("a"), aGroup("b", { state: "retired" })];
  const done: unknown[] = [];
  Object.assign(fakes.tx.groups, {
    remove: async (...what: unknown[]) => done.push(["remove", ...what]),
    reactivate: async (...what: unknown[]) => done.push(["reactivate", ...what]),
  });
  return { fakes, done, groups: groupService(only<Dependencies>({ store: fakes.store, views: only({}) })) };
}

test("what is removed is in the audit as it was called, and what is not the user's is not", async () => {
  const { fakes, done, groups } = scene();
  expect(await groups.remove(ada, ["a", "b", "another's"])).toEqual({ removed: 1 });
  expect(done).toEqual([["remove", "bot", ["a", "b", "another's"]]]);
  expect(fakes.audited).toMatchObject([
    { actor: ada, action: "groups.remove", userId: "user", before: { groups: ["@a", "@b"] }, after: null },
  ]);
  expect(fakes.changes).toEqual(["groups"]);
});

test("of what is reactivated the audit has those that were retired", async () => {
  const { fakes, groups } = scene();
  expect(await groups.reactivate(ada, ["a", "b"])).toEqual({ reactivated: 1 });
  expect(fakes.audited).toMatchObject([
    { action: "groups.reactivate", before: { retired: ["@b"] }, after: { active: ["@b"] } },
  ]);
  await groups.reactivate(ada, ["a"]);
  expect(fakes.audited).toHaveLength(1);
});
