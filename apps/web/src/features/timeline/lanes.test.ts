import type { BotSessionDto, ForecastDto, SlotDto, SyncStateDto } from "@herald/contract";
import { expect, test } from "vitest";
import { cycleLanes, forecastLanes } from "./lanes.ts";

const MINUTE = 60_000;
const at = (minutes: number) => new Date(minutes * MINUTE).toISOString();

const session = (id: string, change: Partial<BotSessionDto> = {}): BotSessionDto => ({
  id,
  label: `@${id}`,
  state: "assigned",
  restingUntil: null,
  reason: null,
  ...change,
});

const slot = (id: string, sessionId: string, minutes: number, change: Partial<SlotDto> = {}): SlotDto => ({
  id,
  sessionId,
  groupId: "g1",
  plannedAt: at(minutes),
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

const state = (slots: SlotDto[], sessions: BotSessionDto[]) =>
  ({ slots, groups: [], bot: { sessions } }) as unknown as SyncStateDto;

test("each account has a lane, in the order in which they begin, its slots in the order of time", () => {
  const slots = [slot("b1", "b", 5), slot("a2", "a", 2), slot("a1", "a", 1, { state: "sent", settledAt: at(3) })];
  const lanes = cycleLanes(state(slots, [session("a"), session("b")]), 4 * MINUTE);
  expect(lanes.map((lane) => [lane.label, lane.slots.map(({ id, look }) => `${id} ${look}`)])).toEqual([
    ["@a", ["a2 planned", "a1 sent"]],
    ["@b", ["b1 planned"]],
  ]);
});

test("a lost account keeps its lane", () => {
  expect(cycleLanes(state([slot("a1", "a", 1)], []), 0)[0]?.label).toBe("a former account");
});

test("waits that overlap are drawn as one, and settled slots wait for nothing", () => {
  const slots = [
    slot("a1", "a", 5, { outcome: "flood_wait", waitUntil: at(10) }),
    slot("a2", "a", 6, { outcome: "flood_wait", waitUntil: at(12) }),
    slot("a3", "a", 1, { state: "sent", settledAt: at(1), waitUntil: at(30) }),
  ];
  const [lane] = cycleLanes(state(slots, [session("a", { restingUntil: at(11) })]), 8 * MINUTE);
  expect(lane?.waits).toEqual([{ from: 5 * MINUTE, to: 12 * MINUTE, text: "Telegram asked it to pause" }]);
  expect(lane?.slots.find(({ id }) => id === "a1")).toMatchObject({ look: "waiting", at: 10 * MINUTE });
});

test("a wait begins no earlier than the lane's last post", () => {
  const slots = [
    slot("a1", "a", 2, { state: "sent", settledAt: at(7) }),
    slot("a2", "a", 3, { outcome: "flood_wait", waitUntil: at(12) }),
  ];
  const [lane] = cycleLanes(state(slots, [session("a", { restingUntil: at(12) })]), 6 * MINUTE);
  expect(lane?.waits).toEqual([{ from: 7 * MINUTE, to: 12 * MINUTE, text: "Telegram asked it to pause" }]);
});

test("a forecast's lanes begin at their offsets and name the accounts that can post", () => {
  const forecast = {
    lanes: [
      { startOffset: 0, posts: 2, length: 5 },
      { startOffset: 1800, posts: 2, length: 5 },
    ],
  } as ForecastDto;
  const sessions = [session("dead", { state: "banned" }), session("a")];
  const lanes = forecastLanes(forecast, sessions, { delayBetweenPosts: 5 }, 0);
  expect(lanes.map(({ label, slots }) => [label, slots.map((entry) => entry.at / 1000)])).toEqual([
    ["@a", [0, 5]],
    ["Account 2", [1800, 1805]],
  ]);
});
