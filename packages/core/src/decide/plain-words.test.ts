import { expect, test } from "vitest";
import { breakerText, reasonFor, suspectReason } from "./plain-words.ts";

test.each([
  [{ kind: "group_refused", code: "ALLOW_PAYMENT_REQUIRED_25" }, "a message costs Telegram Stars there"],
  [
    { kind: "session_limited", code: "RECAPTCHA_CHECK_signup__6Lc" },
    "Telegram wants proof that a person uses this account",
  ],
  [{ kind: "session_dead", code: "USER_DEACTIVATED" }, "this account was deleted"],
  [{ kind: "session_dead", code: "USER_DEACTIVATED_BAN" }, "Telegram has banned this account for spam"],
  [{ kind: "group_refused", code: "CHANNEL_PRIVATE" }, "the account is not a member"],
  [{ kind: "group_refused", code: "NEVER_SEEN_BEFORE" }, "posting is not possible there"],
  [{ kind: "content_refused", code: "NEVER_SEEN_BEFORE" }, "Telegram cannot send it like this"],
  [{ kind: "group_refused", code: "NOT_A_MEMBER" }, "the account is not a member"],
  [{ kind: "group_refused", code: "MSG_ID_INVALID" }, "the account cannot find the topic"],
  [{ kind: "content_refused", code: "MSG_ID_INVALID" }, "the message is no longer in its channel"],
  [
    { kind: "session_dead", code: "TEST_DC" },
    "this session belongs to Telegram's test servers, which are a world of their own: upload one of the real servers",
  ],
  [{ kind: "unknown", code: "NO_ANSWER" }, "Telegram did not answer"],
  [{ kind: "unknown", code: "WORKER_BUSY_TOO_LONG_RETRY" }, "Telegram answered with a fault of its own"],
  [{ kind: "unknown", code: "UNREADABLE_ANSWER" }, "Telegram answered in a way that Herald cannot read"],
  [{ kind: "unknown", code: "LEASE_LOST" }, "the engine stood still for so long that it had to let the account go"],
] as const)("%j", (refusal, words) => {
  expect(reasonFor(refusal)).toBe(words);
});

test("why an account rests that several groups refused", () => {
  expect(suspectReason(3)).toBe(
    "3 groups refused it within an hour, so Telegram limits the account and not the groups",
  );
});

test("why the breaker stopped a bot", () => {
  expect(breakerText(2, 24)).toBe(
    "Posting stopped: within 1 day Telegram banned 2 accounts for spam. Change the post or the groups, then ask an admin to allow a new start.",
  );
  expect(breakerText(1, 6)).toContain("within 6 h Telegram banned an account for spam");
});
