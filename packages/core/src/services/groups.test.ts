import { expect, test } from "vitest";
import type { Person } from "../model/actor.ts";
import type { GroupRepository, Transaction, Views } from "../ports/index.ts";
import { aGroup, aPlan, aUser, FakeBots } from "../testing/fake-bots.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { groupService } from "./groups.ts";

const ADA: Person = { kind: "user", id: "user", name: "Ada" };

/** The groups of Ada's bot, each with its reference as id. */
function scene(...references: string[]) {
  const bots = new FakeBots();
  bots.groups = references.map((reference) => aGroup(reference, { reference }));
  const those = (ids: string[]) => bots.groups.filter(({ id }) => ids.includes(id));
  const groups = only<GroupRepository>({
    list: async () => bots.groups,
    add: async (bot, fresh) => {
      const added = fresh.map((reference) => aGroup(reference, { reference, botId: bot.id }));
      bots.groups = [...bots.groups, ...added];
      return added;
    },
    remove: async (_, ids) => {
      const gone = those(ids);
      bots.groups = bots.groups.filter((group) => !gone.includes(group));
      return gone.length;
    },
    reactivate: async (_, ids) => {
      const back = those(ids).filter(({ state }) => state === "retired");
      for (const group of back) Object.assign(group, { state: "active" });
      return back.length;
    },
  });
  const tx = only<Transaction>({ ...bots.tx, groups });
  const service = groupService(
    only<Dependencies>({
      store: { transaction: (work) => work(tx) },
      views: only<Views>({
        groups: async (userId) => {
          const mine = bots.groups.filter((group) => group.userId === userId);
          return mine.map((group) => ({ ...group, askedAgainAt: null, lastSentAt: null, sent: 0, failed: 0 }));
        },
      }),
    }),
  );
  return { bots, service, references: () => bots.groups.map(({ reference }) => reference) };
}
const act = (action: string, before: object | null, after: object | null) => ({
  actor: ADA,
  action,
  target: { kind: "bot", id: "bot" },
  userId: "user",
  before,
  after,
});

test("pasted lines become groups, each once, and what was there already is counted", async () => {
  const { bots, service, references } = scene("@shop");
  const answer = await service.add(ADA, ["  https://t.me/talks ", "", "@shop", "t.me/talks", "   "]);
  expect(answer).toMatchObject({
    added: 1,
    alreadyThere: 1,
    groups: [{ reference: "@shop" }, { reference: "@talks" }],
  });
  expect(references()).toEqual(["@shop", "@talks"]);
  expect(bots.audited).toEqual([act("groups.add", null, { groups: ["@talks"] })]);
  expect(bots.changes).toEqual(["groups"]);
});

test("what was all there already is nobody's act", async () => {
  const { bots, service } = scene("@shop");
  expect(await service.add(ADA, ["@shop"])).toMatchObject({ added: 0, alreadyThere: 1 });
  expect(bots.audited).toEqual([]);
});

test("one line that is no group refuses all, by its number", async () => {
  const { service, references } = scene();
  await expect(service.add(ADA, ["@talks", "", " no group "])).rejects.toMatchObject({
    code: "invalid_input",
    field: "lines.2",
    message: expect.stringMatching(/^Line 3 \(“no group”\)/),
  });
  expect(references()).toEqual([]);
});

test("nothing but blank lines is nothing to add", async () => {
  const { service } = scene();
  await expect(service.add(ADA, ["", " "])).rejects.toMatchObject({ code: "invalid_input", field: "lines" });
});

test("the plan's limit counts those that are there, and not those that come twice", async () => {
  const { bots, service, references } = scene("@first", "@second");
  bots.user = aUser({ plan: aPlan({ maxGroups: 3 }) });
  await expect(service.add(ADA, ["@third", "@fourth"])).rejects.toMatchObject({
    code: "plan_limit_groups",
    field: "lines",
    details: { maxGroups: 3, groups: 4 },
  });
  expect([references(), bots.audited]).toEqual([["@first", "@second"], []]);
  expect(await service.add(ADA, ["@first", "@second", "@third"])).toMatchObject({ added: 1 });
  // without a plan a bot posts nothing anyway
  bots.user = aUser({ plan: null });
  expect(await service.add(ADA, ["@fourth"])).toMatchObject({ added: 1 });
});

test("what is removed is kept by its name, and one that is gone already is none", async () => {
  const { bots, service, references } = scene("@shop", "@talks");
  expect(await service.remove(ADA, ["@talks", "@gone"])).toEqual({ removed: 1 });
  expect(references()).toEqual(["@shop"]);
  expect(bots.audited).toEqual([act("groups.remove", { groups: ["@talks"] }, null)]);
  expect(await service.remove(ADA, ["@gone"])).toEqual({ removed: 0 });
  expect([bots.audited.length, bots.changes]).toEqual([1, ["groups", "groups"]]);
});

test("groups that refused are tried again, and those that did not are left as they are", async () => {
  const { bots, service } = scene("@shop", "@talks", "@news");
  for (const group of bots.groups.slice(1)) Object.assign(group, { state: "retired" });
  expect(await service.reactivate(ADA, ["@shop", "@talks"])).toEqual({ reactivated: 1 });
  expect(bots.groups.map(({ state }) => state)).toEqual(["active", "active", "retired"]);
  expect(bots.audited).toEqual([act("groups.reactivate", { retired: ["@talks"] }, { active: ["@talks"] })]);
  expect(await service.reactivate(ADA, ["@shop"])).toEqual({ reactivated: 0 });
  expect([bots.audited.length, bots.changes]).toEqual([1, ["groups", "groups"]]);
});
