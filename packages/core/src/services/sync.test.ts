import { expect, test } from "vitest";
import type { Events, Views } from "../ports/index.ts";
import { aGroup, aSession, FakeBots } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { viewsOf } from "../testing/fake-views.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { syncService } from "./sync.ts";

test("a dashboard begins with all of one user's, and takes up behind the event that was newest before it was read", async () => {
  const bots = new FakeBots();
  bots.groups = [aGroup("one")];
  bots.sessions = [aSession("a")];
  const clock = new FakeClock();
  let newest = 7;
  /** answers with what was asked, while events go on */
  const reading =
    <T>(answer: T) =>
    async () => {
      newest += 1;
      return answer;
    };
  const today = { day: "2030-01-01", hours: [] };
  const line = { id: "1", at: "", level: "info", text: "", code: null, sessionId: null, groupId: null } as const;
  const asked: unknown[] = [];
  const views = only<Views>({
    ...viewsOf(bots),
    groups: reading([]),
    slots: reading([]),
    log: async (userId, page) => {
      asked.push(userId, page.before);
      return [line];
    },
    today: async (user, now) => {
      asked.push(user.id, now);
      return today;
    },
  });
  const events = only<Events>({ newest: async () => `${newest}` });
  const state = await syncService(only<Dependencies>({ views, clock, events })).state("user");
  expect(state).toMatchObject({
    ...{ eventId: "7", now: "2030-01-01T00:00:00.000Z", today, log: [line], groups: [], slots: [] },
    viewer: { id: "user" },
    bot: { status: "stopped", groupCount: 1 },
    forecast: { groups: 1, sessions: 1 },
  });
  expect(asked).toEqual(["user", null, "user", clock.now()]);
});
