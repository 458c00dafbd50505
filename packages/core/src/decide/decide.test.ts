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
const untouched = { session: null, lookups: null, pair: null, group: null, bot: null, suspect: false };

const inThreeHours = new Date("2030-01-01T15:00:00Z");
const refused = (code: string, more: Partial<Extract<Refusal, { kind: "group_refused" }>>): Outcome => ({
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  ends: { kind: "never" },
  stalePeer: false,
  ...more,
  code,
});

/** One row for every shape of every kind: what changes, and the line in the log. Everything not named stays untouched. */
const table: Array<[outcome: Outcome, follows: Partial<Decision>, level: string, text: string]> = [
  [
    { kind: "sent", messageId: 7 },
    { delivery: { kind: "sent", messageId: 7 } },
    "info",
    "@shop_3 posted to @crypto_ua",
  ],
  [
    { kind: "sent", messageId: null },
    { delivery: { kind: "sent", messageId: null } },
    "info",
    "@shop_3 posted to @crypto_ua: Telegram says that the post stands, but its message could not be found",
  ],
  [
    { kind: "flood_wait", seconds: 240, method: "any", code: "FLOOD_WAIT_240" },
    { delivery: { kind: "again", after: 240, state: "planned" }, session: { kind: "rest", seconds: 240 } },
    "warning",
    "Waiting 4 min: Telegram asked @shop_3 to pause",
  ],
  [
    { kind: "flood_wait", seconds: 80_000, method: "lookup", code: "FLOOD_WAIT_80000" },
    { delivery: { kind: "again", after: 80_000, state: "planned" }, lookups: { kind: "wait", seconds: 80_000 } },
    "warning",
    "Waiting 22 h 14 min before @shop_3 searches for @crypto_ua: Telegram asked for it",
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
    refused("CHAT_WRITE_FORBIDDEN", { ends: { kind: "daily" } }),
    { delivery: { kind: "failed", uncertain: false }, pair: { kind: "refuse", ends: { kind: "daily" } } },
    "warning",
    "@crypto_ua refuses @shop_3: writing is not allowed there; asked again in 1 day",
  ],
  [
    refused("CHAT_WRITE_FORBIDDEN", { ends: { kind: "at", at: inThreeHours } }),
    {
      delivery: { kind: "failed", uncertain: false },
      pair: { kind: "refuse", ends: { kind: "at", at: inThreeHours } },
    },
    "warning",
    "@crypto_ua refuses @shop_3: writing is not allowed there; asked again in 3 h",
  ],
  [
    refused("CHAT_SEND_PHOTOS_FORBIDDEN", { ends: { kind: "post_changes" } }),
    { delivery: { kind: "failed", uncertain: false }, pair: { kind: "refuse", ends: { kind: "post_changes" } } },
    "warning",
    "@crypto_ua refuses @shop_3: photos are not allowed there; asked again when the post changes",
  ],
  [
    refused("REPLY_MESSAGE_ID_INVALID", {}),
    { delivery: { kind: "failed", uncertain: false }, pair: { kind: "refuse", ends: { kind: "never" } } },
    "warning",
    "@crypto_ua refuses @shop_3: the account cannot find the topic",
  ],
  [
    refused("USER_BANNED_IN_CHANNEL", { suspect: true, ends: { kind: "daily" } }),
    {
      delivery: { kind: "failed", uncertain: false },
      pair: { kind: "refuse", ends: { kind: "daily" } },
      suspect: true,
    },
    "warning",
    "@crypto_ua refuses @shop_3: the account is banned from writing there; asked again in 1 day",
  ],
  [
    refused("TOPIC_DELETED", { scope: "group" }),
    { delivery: { kind: "failed", uncertain: false }, group: { kind: "retire" } },
    "warning",
    "@crypto_ua is left out from now on: the topic was deleted",
  ],
  [
    refused("USER_BANNED_IN_CHANNEL", { scope: "group", suspect: true }),
    {
      delivery: { kind: "failed", uncertain: false },
      pair: { kind: "refuse", ends: { kind: "never" } },
      suspect: true,
    },
    "warning",
    "@crypto_ua refuses @shop_3: the account is banned from writing there",
  ],
  [
    { kind: "random_id_taken", code: "RANDOM_ID_DUPLICATE" },
    { delivery: { kind: "again", after: 0, state: "planned", newRandomId: true } },
    "warning",
    "@shop_3 posts to @crypto_ua under a new number: Telegram has another message under the first",
  ],
  [
    { kind: "content_refused", code: "CHAT_FORWARDS_RESTRICTED" },
    { delivery: { kind: "failed", uncertain: false }, bot: { kind: "stop", reason: "content" } },
    "error",
    "Posting stops, because the post cannot be sent: its channel does not allow forwarding. Change the post, then start again.",
  ],
  [
    { kind: "config_error", code: "API_ID_INVALID" },
    { delivery: { kind: "again", after: 0, state: "planned" }, bot: { kind: "stop", reason: "config" } },
    "error",
    "Posting stops until an admin has mended the set-up: Telegram does not know the API pair",
  ],
  [
    { kind: "unknown", code: "NO_ANSWER" },
    { delivery: { kind: "again", after: 1, state: "sending" } },
    "warning",
    "Telegram did not answer (@shop_3 in @crypto_ua): asking again in 1 s",
  ],
  [
    { kind: "unknown", code: "RPC_CALL_FAIL" },
    { delivery: { kind: "again", after: 1, state: "sending" } },
    "warning",
    "Telegram answered with a fault of its own (@shop_3 in @crypto_ua): asking again in 1 s",
  ],
  [
    { kind: "unknown", code: "UNREADABLE_ANSWER" },
    { delivery: { kind: "again", after: 1, state: "sending" } },
    "warning",
    "Telegram answered in a way that Herald cannot read (@shop_3 in @crypto_ua): asking again in 1 s",
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
    random_id_taken: true,
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
    const { session, lookups, pair, group, bot, reason } = decide(outcome, context);
    if (session || lookups || pair || group || bot) expect(reason).toMatch(/^[A-Za-z]/);
    else expect(reason).toBeNull();
    expect(reason ?? "").not.toMatch(/[A-Z]{2}_/);
  }
});

test("a flood wait rests the session for the wait and the jitter, and at least a second", () => {
  const wait = (seconds: number, jitter: number) =>
    decide({ kind: "flood_wait", seconds, method: "any", code: `FLOOD_WAIT_${seconds}` }, { ...context, jitter });
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

  test.each([
    ["is not known to have failed when its group was removed before the chat was asked again", false, true],
    ["has failed when the chat itself refuses it", true, false],
  ])("%s", (_, left, uncertain) => {
    const refusal = refused(left ? "CHAT_WRITE_FORBIDDEN" : "GROUP_REMOVED", { scope: "group" });
    expect(decide(refusal, { ...context, maybeDelivered: true, left }).delivery).toEqual({ kind: "failed", uncertain });
  });

  test.each<Refusal>([
    { kind: "flood_wait", seconds: 5, method: "any", code: "FLOOD_WAIT_5" },
    { kind: "flood_wait", seconds: 5, method: "lookup", code: "FLOOD_WAIT_5" },
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
    const states = table.flatMap(([outcome]) => {
      const { delivery } = decide(outcome, { ...context, left: false });
      return delivery.kind === "again" ? [delivery.state] : [];
    });
    expect(new Set(states)).toEqual(new Set(["planned"]));
  });

  test("is never given up as unknown", () => {
    const now = new Date(start.getTime() + 3_600_000);
    expect(
      decide({ kind: "unknown", code: "TIMEOUT" }, { ...context, left: false, attempts: 50, now }).delivery,
    ).toEqual({ kind: "again", after: 60, state: "planned" });
  });
});

describe("no answer", () => {
  const unknown: Outcome = { kind: "unknown", code: "NO_ANSWER" };
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
      code: "NO_ANSWER",
      text: "Telegram never said whether the post of @shop_3 reached @crypto_ua: Telegram did not answer",
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
    method: fc.constantFrom("any" as const, "lookup" as const),
    code: fc.constant("X"),
  });
  fc.assert(
    fc.property(waits, fc.double({ min: 0, max: 30, noNaN: true }), (outcome, jitter) => {
      const { delivery, session, lookups, pair } = decide(outcome, { ...context, jitter });
      const held = session ?? lookups ?? pair;
      if (delivery.kind !== "again" || held === null || !("seconds" in held)) return expect.unreachable();
      expect(delivery.after).toBe(held.seconds);
      expect(held.seconds).toBeGreaterThanOrEqual(Math.max(1, outcome.seconds));
    }),
  );
});

test("an outcome from nowhere is a fault", () => {
  expect(() => decide({ kind: "surprise" } as never, context)).toThrow("surprise");
});
