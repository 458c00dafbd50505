import type {
  BotEvent,
  BotStateDto,
  BotStatusDto,
  CycleDto,
  LogEntryDto,
  SlotDto,
  SyncStateDto,
} from "@herald/contract";
import { expect, test } from "vitest";
import { foldEvent, MAX_LOG, needsRefetch, todayAt } from "./fold-event.ts";

const stats = {
  totalPosts: 0,
  totalSuccess: 0,
  totalFailures: 0,
  totalFloodWaits: 0,
  totalMessagesSent: 0,
  activeSessions: 1,
  bannedSessions: 0,
  lastActivity: null,
};

const cycle = (id: string, sent = 0): CycleDto => ({
  id,
  number: 1,
  state: "running",
  executionMode: "enterprise",
  startedAt: "2026-05-03T10:00:00.000Z",
  endedAt: null,
  note: null,
  endsAt: null,
  counts: { planned: 2 - sent, sending: 0, sent, failed: 0, skipped: 0 },
});

const slot = (id: string, change: Partial<SlotDto> = {}): SlotDto => ({
  id,
  sessionId: "s1",
  groupId: "g1",
  plannedAt: "2026-05-03T10:00:00.000Z",
  state: "planned",
  outcome: null,
  code: null,
  settledAt: null,
  waitUntil: null,
  groupName: null,
  sessionName: null,
  messageLink: null,
  ...change,
});

const sent = (id: string, settledAt = "2026-05-03T10:00:05.000Z") =>
  slot(id, { state: "sent", outcome: "sent", settledAt });

const line = (id: string, at: string): LogEntryDto => ({
  id,
  at,
  level: "info",
  text: id,
  code: null,
  sessionId: null,
  groupId: null,
});

const state: SyncStateDto = {
  viewer: { id: "u1", email: "u@x.io", name: "U", role: "user", plan: null, apiKeyHint: null, timeZone: "UTC" },
  bot: {
    status: "running",
    stopReason: null,
    stopMessage: null,
    startedAt: null,
    stoppedAt: null,
    nextCycleAt: null,
    config: {
      post: null,
      executionMode: "enterprise",
      totalCycleMinutes: 60,
      delayBetweenPosts: 5,
      delayBetweenCycles: 300,
      sessionCount: 1,
    },
    executionMode: "enterprise",
    sessions: [],
    groupCount: 1,
    retiredGroupCount: 0,
    cycle: cycle("c1"),
    stats,
    hindrances: [],
  },
  groups: [
    {
      id: "g1",
      reference: "@g1",
      title: null,
      chatId: null,
      state: "active",
      reason: null,
      code: null,
      askedAgainAt: null,
      lastSentAt: null,
      sent: 0,
      failed: 0,
    },
  ],
  slots: [slot("d1"), slot("d2")],
  forecast: null,
  log: [],
  today: { day: "2026-05-03", hours: [] },
  eventId: "1",
  now: "2026-05-03T10:00:00.000Z",
};

const whole = (change: Partial<BotStateDto>): BotEvent => ({
  type: "bot",
  viewer: state.viewer,
  status: state.bot,
  forecast: null,
  ...change,
});

const progress = (change: Partial<Extract<BotEvent, { type: "progress" }>>): BotEvent => ({
  type: "progress",
  cycle: null,
  slots: [],
  stats: null,
  log: [],
  ...change,
});

test("progress replaces what it names and leaves the rest", () => {
  const next = foldEvent(
    state,
    progress({ cycle: cycle("c1", 1), slots: [sent("d1")], stats: { ...stats, totalPosts: 1 } }),
  );
  expect(next.slots.map(({ id, state }) => [id, state])).toEqual([
    ["d1", "sent"],
    ["d2", "planned"],
  ]);
  expect(next.bot.cycle?.counts.sent).toBe(1);
  expect(next.bot.stats.totalPosts).toBe(1);
  expect(next.groups[0]).toMatchObject({ sent: 1, lastSentAt: "2026-05-03T10:00:05.000Z" });
  expect(next.today.hours).toEqual([{ hour: 10, sent: 1, failed: 0, skipped: 0 }]);
});

test("the same event twice counts once", () => {
  const event = progress({
    slots: [sent("d1"), slot("d2", { state: "failed", settledAt: "2026-05-03T11:30:00.000Z" })],
    log: [line("1", "2026-05-03T10:00:05.000Z")],
  });
  const once = foldEvent(state, event);
  expect(foldEvent(once, event)).toEqual(once);
  expect(once.today.hours).toEqual([
    { hour: 10, sent: 1, failed: 0, skipped: 0 },
    { hour: 11, sent: 0, failed: 1, skipped: 0 },
  ]);
});

test("an older event that comes late does not open a settled slot again", () => {
  const settled = foldEvent(state, progress({ slots: [sent("d1")] }));
  const next = foldEvent(settled, progress({ slots: [slot("d1", { state: "sending" })] }));
  expect(next.slots.find(({ id }) => id === "d1")?.state).toBe("sent");
});

test("yesterday's posts are not today's", () => {
  const next = foldEvent(state, progress({ slots: [sent("d1", "2026-05-02T23:59:59.000Z")] }));
  expect(next.today.hours).toEqual([]);
});

test("the first post after midnight begins a new day's counts, and yesterday's stragglers do not come back", () => {
  const evening = foldEvent(state, progress({ slots: [sent("d1", "2026-05-03T23:59:58.000Z")] }));
  const morning = foldEvent(evening, progress({ slots: [sent("d2", "2026-05-04T00:00:01.000Z")] }));
  expect(morning.today).toEqual({ day: "2026-05-04", hours: [{ hour: 0, sent: 1, failed: 0, skipped: 0 }] });
  const late = foldEvent(morning, progress({ slots: [sent("d3", "2026-05-03T23:59:59.000Z")] }));
  expect(late.today).toEqual(morning.today);
});

test("day and hour are those of the person's time zone", () => {
  const kyiv = { ...state, viewer: { ...state.viewer, timeZone: "Europe/Kyiv" } };
  const next = foldEvent(kyiv, progress({ slots: [sent("d1", "2026-05-03T20:59:59.000Z")] }));
  expect(next.today).toEqual({ day: "2026-05-03", hours: [{ hour: 23, sent: 1, failed: 0, skipped: 0 }] });
  const midnight = foldEvent(next, progress({ slots: [sent("d2", "2026-05-03T21:00:00.000Z")] }));
  expect(midnight.today).toEqual({ day: "2026-05-04", hours: [{ hour: 0, sent: 1, failed: 0, skipped: 0 }] });
});

test("a page that stays open past midnight shows an empty day, though nothing was heard", () => {
  const { today } = foldEvent(state, progress({ slots: [sent("d1")] }));
  expect(todayAt(today, "UTC", Date.parse("2026-05-03T23:59:59.999Z"))).toBe(today);
  expect(todayAt(today, "UTC", Date.parse("2026-05-04T00:00:00.000Z"))).toEqual({ day: "2026-05-04", hours: [] });
  expect(todayAt(today, "Europe/Kyiv", Date.parse("2026-05-03T21:00:00.000Z")).hours).toEqual([]);
});

test("a new cycle begins with its own slots, and asks for the rest", () => {
  const event = progress({ cycle: cycle("c2"), slots: [slot("e1")] });
  expect(foldEvent(state, event).slots.map(({ id }) => id)).toEqual(["e1"]);
  expect(needsRefetch(state, event)).toBe(true);
  expect(needsRefetch(state, progress({ cycle: cycle("c1", 1) }))).toBe(false);
});

test("a status takes the place of the old one and keeps the cycle's slots", () => {
  const status = { ...state.bot, status: "stopped" as const, stopReason: "user" as const };
  const next = foldEvent(state, whole({ status, viewer: { ...state.viewer, name: "Eve" } }));
  expect(next.bot.status).toBe("stopped");
  expect(next.viewer.name).toBe("Eve");
  expect(next.slots).toBe(state.slots);
  expect(foldEvent(state, whole({ status: { ...status, cycle: cycle("c2") } })).slots).toEqual([]);
});

test("a status is all there is to know, unless it changes what it does not carry", () => {
  const { bot, viewer } = state;
  const account = { id: "s1", label: "a", state: "assigned", restingUntil: null, reason: null } as const;
  const post = { type: "text", content: "Hi" } as const;
  const asks = (status: Partial<BotStatusDto>) => needsRefetch(state, whole({ status: { ...bot, ...status } }));
  expect(asks({ status: "stopped", stopReason: "user", cycle: cycle("c1", 1) })).toBe(false);
  expect(asks({ config: { ...bot.config, delayBetweenPosts: 9 } })).toBe(false);
  expect(needsRefetch(state, whole({ viewer: { ...viewer, name: "Eve" } }))).toBe(false);
  expect(asks({ cycle: cycle("c2") })).toBe(true);
  expect(asks({ config: { ...bot.config, post } })).toBe(true);
  expect(asks({ sessions: [account] })).toBe(true);
  expect(needsRefetch(state, whole({ viewer: { ...viewer, timeZone: "Europe/Kyiv" } }))).toBe(true);
});

test("the log is newest first, each line once, and bounded", () => {
  const old = foldEvent(state, progress({ log: [line("9", "2026-05-03T10:00:01.000Z")] }));
  const same = line("10", "2026-05-03T10:00:01.000Z");
  const next = foldEvent(old, progress({ log: [same, line("11", "2026-05-03T10:00:02.000Z"), same] }));
  expect(next.log.map(({ id }) => id)).toEqual(["11", "10", "9"]);
  const many = Array.from({ length: 500 }, (_, i) => line(String(i), "2026-05-03T10:00:03.000Z"));
  expect(foldEvent(next, progress({ log: many })).log).toHaveLength(MAX_LOG);
});
