import { expect, test } from "vitest";
import { decide } from "../decide/decide.ts";
import type { Outcome, RefusalEnd } from "../model/outcome.ts";
import { learnedFrom } from "./learned.ts";

const now = new Date("2030-01-01T12:00:00Z");
const inAnHour = new Date("2030-01-01T13:00:00Z");
const tomorrow = new Date("2030-01-02T12:00:00Z");

/** What is learned of a post to topic 5. */
function learned(outcome: Outcome) {
  const tried = { attempts: 1, firstTriedAt: now, maybeDelivered: false, left: true, now, jitter: 0 };
  return learnedFrom(decide(outcome, { ...tried, session: "@shop_3", group: "@crypto_ua" }), outcome, 5, now);
}
const refused = (code: string, ends: RefusalEnd = { kind: "never" }, suspect = false): Outcome => ({
  kind: "group_refused",
  scope: "pair",
  suspect,
  ends,
  stalePeer: false,
  code,
});

test.each<[Outcome, object]>([
  [
    { kind: "flood_wait", seconds: 3600, method: "any", code: "FLOOD_WAIT_3600" },
    { kind: "rest", until: inAnHour },
  ],
  [
    { kind: "flood_wait", seconds: 3600, method: "lookup", code: "FLOOD_WAIT_3600" },
    { kind: "lookups", until: inAnHour },
  ],
  [
    { kind: "slow_mode", seconds: 3600, code: "SLOWMODE_WAIT_3600" },
    { kind: "wait", until: inAnHour },
  ],
])("a wait holds what it is a wait of: %j", (outcome, fact) => {
  expect(learned(outcome)).toMatchObject(fact);
});

test.each<[RefusalEnd, { until: Date | null; ofThisPost: boolean }]>([
  [{ kind: "never" }, { until: null, ofThisPost: false }],
  [{ kind: "daily" }, { until: tomorrow, ofThisPost: false }],
  [
    { kind: "at", at: inAnHour },
    { until: inAnHour, ofThisPost: false },
  ],
  [{ kind: "post_changes" }, { until: null, ofThisPost: true }],
])("a refusal that ends %j is asked again then", (ends, fact) => {
  expect(learned(refused("CHAT_WRITE_FORBIDDEN", ends))).toEqual({
    kind: "refusal",
    reason: "writing is not allowed there",
    topicId: 0,
    ...fact,
  });
});

test.each([
  "TOPIC_CLOSED",
  "TOPIC_DELETED",
  "REPLY_MESSAGE_ID_INVALID",
  "REPLY_TO_INVALID",
  "MSG_ID_INVALID",
  "MESSAGE_ID_INVALID",
])("%s is the topic's alone", (code) => {
  expect(learned(refused(code))).toMatchObject({ kind: "refusal", topicId: 5 });
});

test.each(["CHAT_WRITE_FORBIDDEN", "CHANNEL_PRIVATE", "CHAT_ID_INVALID", "CHAT_TOPIC_CLOSED"])(
  "%s is the chat's, whatever its topic",
  (code) => {
    expect(learned(refused(code))).toMatchObject({ kind: "refusal", topicId: 0 });
  },
);

test("a suspect refusal is kept like any other, so that it can be counted", () => {
  expect(learned(refused("USER_BANNED_IN_CHANNEL", { kind: "daily" }, true))).toMatchObject({
    kind: "refusal",
    until: tomorrow,
  });
});

test.each<Outcome>([
  { kind: "sent", messageId: 1 },
  { kind: "unknown", code: "TIMEOUT" },
  { kind: "random_id_taken", code: "RANDOM_ID_DUPLICATE" },
  { kind: "content_refused", code: "MESSAGE_EMPTY" },
  { kind: "config_error", code: "API_ID_INVALID" },
  { kind: "session_limited", code: "PEER_FLOOD" },
  { kind: "session_dead", cause: "spam", code: "USER_DEACTIVATED_BAN" },
  { kind: "group_refused", scope: "group", suspect: false, ends: { kind: "never" }, stalePeer: false, code: "X" },
])("nothing stays between session and chat: %j", (outcome) => {
  expect(learned(outcome)).toBeNull();
});
