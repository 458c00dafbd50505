import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, Refusal } from "../model/outcome.ts";
import { type Decision, type DecisionContext, decide } from "./decide.ts";

const start = new Date("2030-01-01T12:00:00Z");
const context: DecisionContext = {
  attempts: 1,
  firstTriedAt: start,
  now: start,
  maybeDelivered: false,
  left: true,
  jitter: 0,
  session: "@shop_3",
  group: "@crypto_ua",
};
const untouched = { session: null, pair: null, group: null, cycle: null, bot: null, suspect: false };

/** One row for every shape of every kind: what changes, and the line in the log. Everything not named stays untouched. */
const table: Array<[outcome: Outcome, follows: Partial<Decision>, level: string, text: string]> = [
  [
    { kind: "sent", messageId: 7 },
    { delivery: { kind: "sent", messageId: 7 } },
    "info",
    "@shop_3 posted to @crypto_ua",
  ],
  [
    { kind: "flood_wait", seconds: 240, code: "FLOOD_WAIT_240" },
    { delivery: { kind: "again", after: 240, state: "planned" }, session: { kind: "rest", seconds: 240 } },
    "warning",
    "Waiting 4 min: Telegram asked @shop_3 to pause",
  ],
  [
    { kind: "slow_mode", seconds: 30, code: "SLOWMODE_WAIT_30" },
    { delivery: { kind: "again", after: 30, state: "planned" }, pair: { kind: "wait", seconds: 30 } },
    "info",
    "Waiting 30 s: @crypto_ua is in slow mode for @shop_3",
  ],
  [
    { kind: "session_limited", code: "PEER_FLOOD" },
    { delivery: { kind: "failed", uncertain: false }, session: { kind: "rest_for_admin" } },
    "error",
    "@shop_3 rests until an admin has looked at it: Telegram limits this account because its messages were reported",
  ],
  [
    { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" },
    { delivery: { kind: "failed", uncertain: false }, session: { kind: "dead", cause: "spam" } },
    "error",
    "@shop_3 is lost: Telegram has banned this account for spam",
  ],
  [
    { kind: "session_dead", cause: "lost", code: "AUTH_KEY_UNREGISTERED" },
    { delivery: { kind: "failed", uncertain: false }, session: { kind: "dead", cause: "lost" } },
    "error",
    "@shop_3 is lost: this session is signed out",
  ],
  [
    { kind: "group_refused", scope: "pair", suspect: false, code: "CHAT_WRITE_FORBIDDEN" },
    { delivery: { kind: "failed", uncertain: false }, pair: { kind: "retire" } },
    "warning",
    "@crypto_ua refuses @shop_3: writing is not allowed there",
  ],
  [
    { kind: "group_refused", scope: "pair", suspect: true, code: "USER_BANNED_IN_CHANNEL" },
    { delivery: { kind: "failed", uncertain: false }, pair: { kind: "retire" }, suspect: true },
    "warning",
    "@crypto_ua refuses @shop_3: the account is banned from writing there",
  ],
  [
    { kind: "group_refused", scope: "group", suspect: false, code: "TOPIC_DELETED" },
    { delivery: { kind: "failed", uncertain: false }, group: { kind: "retire" } },
    "warning",
    "@crypto_ua is left out from now on: the topic was deleted",
  ],
  [
    { kind: "group_refused", scope: "group", suspect: true, code: "USER_BANNED_IN_CHANNEL" },
    { delivery: { kind: "failed", uncertain: false }, pair: { kind: "retire" }, suspect: true },
    "warning",
    "@crypto_ua refuses @shop_3: the account is banned from writing there",
  ],
  [
    { kind: "content_refused", code: "CHAT_FORWARDS_RESTRICTED" },
    { delivery: { kind: "failed", uncertain: false }, cycle: { kind: "end" } },
    "error",
    "This cycle ends, because the post cannot be sent: its channel does not allow forwarding",
  ],
  [
    { kind: "config_error", code: "API_ID_INVALID" },
    { delivery: { kind: "again", after: 0, state: "planned" }, bot: { kind: "stop" } },
    "error",
    "Posting stops until an admin has mended the set-up: Telegram does not know the API pair",
  ],
  [
    { kind: "unknown", code: "TIMEOUT" },
    { delivery: { kind: "again", after: 1, state: "sending" } },
    "warning",
    "Telegram did not answer for @shop_3 in @crypto_ua: asking again in 1 s",
  ],
];

test("the table has every kind of outcome", () => {
  const kinds: Record<Outcome["kind"], true> = {
    sent: true,
    flood_wait: true,
    slow_mode: true,
    session_limited: true,
    session_dead: true,
    group_refused: true,
    content_refused: true,
    config_error: true,
    unknown: true,
  };
  expect(new Set(table.map(([outcome]) => outcome.kind))).toEqual(new Set(Object.keys(kinds)));
});

test.each(table)("%j", (outcome, follows, level, text) => {
  const { reason: _, log, ...decision } = decide(outcome, context);
  expect(decision).toEqual({ ...untouched, ...follows });
  expect(log).toEqual({ level, text, ...("code" in outcome ? { code: outcome.code } : {}) });
});

test("whatever is stored with a reason has one in plain words", () => {
  for (const [outcome] of table) {
    const { session, pair, group, bot, cycle, reason } = decide(outcome, context);
    if (session || pair || group || bot || cycle) expect(reason).toMatch(/^[A-Za-z]/);
    else expect(reason).toBeNull();
    expect(reason ?? "").not.toMatch(/[A-Z]{2}_/);
  }
});

test("a flood wait rests the session for the wait and the jitter, and at least a second", () => {
  const wait = (seconds: number, jitter: number) =>
    decide({ kind: "flood_wait", seconds, code: `FLOOD_WAIT_${seconds}` }, { ...context, jitter });
  expect(wait(240, 3)).toMatchObject({
    delivery: { kind: "again", after: 243 },
    session: { kind: "rest", seconds: 243 },
  });
  expect(wait(0, 0)).toMatchObject({ session: { kind: "rest", seconds: 1 } });
});

describe("a send that may already have reached Telegram", () => {
  test.each<Refusal>([
    { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" },
    { kind: "session_limited", code: "FROZEN_METHOD_INVALID" },
  ])("is not known to have failed when $kind ends the asking", (refusal) => {
    const { delivery } = decide(refusal, { ...context, maybeDelivered: true });
    expect(delivery).toEqual({ kind: "failed", uncertain: true });
  });

  test.each<Refusal>([
    { kind: "flood_wait", seconds: 5, code: "FLOOD_WAIT_5" },
    { kind: "slow_mode", seconds: 5, code: "SLOWMODE_WAIT_5" },
    { kind: "config_error", code: "API_ID_INVALID" },
    { kind: "unknown", code: "TIMEOUT" },
  ])("stays `sending` through $kind", (refusal) => {
    expect(decide(refusal, { ...context, maybeDelivered: true }).delivery).toMatchObject({
      kind: "again",
      state: "sending",
    });
  });
});

describe("a send that never left", () => {
  test("stays `planned`, whatever was not answered before it", () => {
    for (const [outcome] of table) {
      const { delivery } = decide(outcome, { ...context, left: false });
      if (delivery.kind === "again") expect(delivery.state).toBe("planned");
    }
  });

  test("is never given up as unknown", () => {
    const now = new Date(start.getTime() + 3_600_000);
    expect(
      decide({ kind: "unknown", code: "TIMEOUT" }, { ...context, left: false, attempts: 50, now }).delivery,
    ).toEqual({ kind: "again", after: 60, state: "planned" });
  });
});

describe("no answer", () => {
  const unknown: Outcome = { kind: "unknown", code: "TIMEOUT" };
  const tried = (attempts: number, seconds: number) =>
    decide(unknown, { ...context, attempts, now: new Date(start.getTime() + seconds * 1000) });

  test("is asked again after 1, 2, 4 … 60 s", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((attempts) => tried(attempts, 0).delivery);
    expect(pauses).toEqual(
      [1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => ({ kind: "again", after: s, state: "sending" })),
    );
  });

  test("is given up after ten minutes, and the log says that it is not known", () => {
    expect(tried(15, 599.9).delivery.kind).toBe("again");
    const given = tried(15, 600);
    expect(given.delivery).toEqual({ kind: "failed", uncertain: false });
    expect(given.log).toEqual({
      level: "error",
      code: "TIMEOUT",
      text: "Telegram never answered: whether the post of @shop_3 reached @crypto_ua is not known",
    });
  });

  test("is not given up before it was asked three times, however long the engine slept", () => {
    expect(tried(1, 3600).delivery.kind).toBe("again");
    expect(tried(2, 3600).delivery.kind).toBe("again");
    expect(tried(3, 3600).delivery.kind).toBe("failed");
  });

  test("comes to an end: the waits alone pass the ten minutes in at most twenty tries", () => {
    let elapsed = 0;
    for (let attempts = 1; attempts <= 20; attempts += 1) {
      const { delivery } = tried(attempts, elapsed);
      if (delivery.kind !== "again") return;
      elapsed += delivery.after;
    }
    expect.unreachable();
  });
});

test("a wait is a positive number of seconds, and the same in every scope", () => {
  const waits = fc.record({
    kind: fc.constantFrom("flood_wait" as const, "slow_mode" as const),
    seconds: fc.integer({ min: 0, max: 1_000_000 }),
    code: fc.constant("X"),
  });
  fc.assert(
    fc.property(waits, fc.double({ min: 0, max: 30, noNaN: true }), (outcome, jitter) => {
      const { delivery, session, pair } = decide(outcome, { ...context, jitter });
      const held = session ?? pair;
      if (delivery.kind !== "again" || held === null || !("seconds" in held)) return expect.unreachable();
      expect(delivery.after).toBe(held.seconds);
      expect(held.seconds).toBeGreaterThanOrEqual(Math.max(1, outcome.seconds));
    }),
  );
});

test("an outcome from nowhere is a fault", () => {
  expect(() => decide({ kind: "surprise" } as never, context)).toThrow("surprise");
});
