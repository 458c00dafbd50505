import { expect, test } from "vitest";
import { aGroup, aSession, aUser, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { viewsOf } from "../testing/fake-views.ts";
import { only } from "../testing/only.ts";
import { botService } from "./bots.ts";
import type { Dependencies } from "./dependencies.ts";

/** A bot that stands and lacks nothing to start: two groups, one account, ENTERPRISE. */
function scene() {
  const bots = new FakeBots();
  const clock = new FakeClock();
  bots.groups = [aGroup("one"), aGroup("two")];
  bots.sessions = [aSession("a")];
  const views = viewsOf(bots);
  return { bots, clock, views, service: botService(only<Dependencies>({ clock, views, store: bots.store })) };
}

test("what hinders a start is told while the bot stands, and not while it runs", async () => {
  const { bots, clock, service } = scene();
  bots.bot = { ...bots.bot, breakerTrippedAt: clock.now(), contentRefusedAt: clock.now() };
  const status = await service.status("user");
  expect(status.hindrances.map(({ code, mend }) => [code, mend])).toEqual([
    ["breaker_tripped", "admin"],
    ["content_refused", "post"],
  ]);
  // what they are judged by is not the page's
  expect(Object.keys(status)).not.toContain("breakerTrippedAt");
  expect(Object.keys(status)).not.toContain("contentRefusedAt");
  bots.bot = { ...bots.bot, post: null, breakerTrippedAt: null };
  bots.groups = [aGroup("one", { state: "retired" })];
  bots.sessions = [];
  expect((await service.status("user")).hindrances.map(({ code }) => code)).toEqual([
    "no_post",
    "no_groups",
    "no_sessions",
  ]);
  bots.user = aUser({ plan: null });
  expect((await service.status("user")).hindrances.map(({ code }) => code)).toEqual([
    "plan_missing",
    "no_post",
    "no_groups",
  ]);
  bots.bot = { ...bots.bot, status: "running", stopReason: null };
  expect((await service.status("user")).hindrances).toEqual([]);
});

test("a forecast is of the groups that take posts and the accounts that may, with a draft over the settings", async () => {
  const { bots, service } = scene();
  bots.groups.push(aGroup("gone", { state: "retired" }));
  expect(await service.forecast("user", {})).toMatchObject({
    ...{ executionMode: "enterprise", groups: 2, sessions: 1, length: 5, repeatsEvery: 305 },
  });
  expect(await service.forecast("user", { delayBetweenPosts: 7, delayBetweenCycles: undefined })).toMatchObject({
    ...{ length: 7, repeatsEvery: 307 },
  });
  expect(await service.forecast("user", { executionMode: "starter" })).toMatchObject({ repeatsEvery: 3600 });
  bots.sessions = [];
  expect(await service.forecast("user", {})).toMatchObject({ sessions: 0 });
  bots.user = aUser({ plan: null });
  expect(await service.forecast("user", {})).toMatchObject({ sessions: 0, groups: 2 });
  bots.groups = [aGroup("gone", { state: "retired" })];
  expect(await service.forecast("user", {})).toBeNull();
});

test("a cool-down that is too long for the settings is told", async () => {
  const { bots, service } = scene();
  bots.bot = { ...bots.bot, executionMode: "starter" };
  bots.cooldownSeconds = 3601;
  const { hindrances, executionMode } = await service.status("user");
  expect([executionMode, hindrances.map(({ code }) => code)]).toEqual(["starter", ["cooldown_too_long"]]);
});

test("a user who is gone has no status", async () => {
  const { views, service } = scene();
  Object.assign(views, { viewer: async () => null });
  await expect(service.status("user")).rejects.toMatchObject({ code: "not_found" });
});

test("the log is read by pages", async () => {
  const { views, service } = scene();
  const line = { id: "9", at: "", level: "info", text: "", code: null, sessionId: null, groupId: null } as const;
  const pages: Partial<typeof views> = {
    log: async (userId, { before }) => (userId === "user" && before === "10" ? [line] : []),
  };
  Object.assign(views, pages);
  expect(await service.log("user", { before: "10", limit: 1 })).toEqual([line]);
});

test("what is due and not confirmed is the user's own", async () => {
  const { clock, views, service } = scene();
  const mine = { userId: "user", since: "2030-01-01T00:00:00.000Z", due: 3 };
  Object.assign(views, {
    unconfirmed: async (now: Date, userId: string) =>
      now.getTime() === clock.now().getTime() && userId === "user" ? [mine] : [],
  });
  expect(await service.unconfirmed("user")).toEqual({ since: mine.since, due: 3 });
  expect(await service.unconfirmed("other")).toBeNull();
});
