// What happened, in words for people: plain, in the present, without Telegram's codes (those stand behind a disclosure).
import { assertNever } from "../lib/assert-never.ts";
import { humanDuration } from "../lib/duration.ts";
import type { Outcome, Refusal } from "../model/outcome.ts";

/** How the people concerned are called: the session's label ("@shop_3") and the group's reference or title. */
export interface Names {
  session: string;
  group: string;
}

type Reasoned = Extract<
  Refusal["kind"],
  "session_limited" | "session_dead" | "group_refused" | "content_refused" | "config_error"
>;

/**
 * Why, by kind and Telegram's code without its number; each completes "…: " and can stand alone. The codes and what they
 * mean: https://core.telegram.org/api/errors and the error lists of its methods.
 */
const reasons: Record<Reasoned, { otherwise: string; byCode: Record<string, string> }> = {
  session_limited: {
    otherwise: "Telegram limits this account",
    byCode: {
      PEER_FLOOD: "Telegram limits this account because its messages were reported",
      USER_RESTRICTED: "Telegram limits this account because its messages were reported",
      FROZEN_METHOD_INVALID: "Telegram has frozen this account",
      FROZEN_PARTICIPANT_MISSING: "Telegram has frozen this account",
      USER_MIGRATE: "Telegram keeps this account in another data centre than its session says: add it anew",
      SAME_ACCOUNT_TWICE: "the pool has this account by another session already: remove one of the two",
      SESSION_FILE_UNREADABLE: "its session file is missing or cannot be read",
      RECAPTCHA_CHECK: "Telegram wants proof that a person uses this account",
      APNS_VERIFY_CHECK: "Telegram wants proof that a phone uses this account",
      INTEGRITY_CHECK_CLASSIC: "Telegram wants proof that a phone uses this account",
    },
  },
  session_dead: {
    otherwise: "Telegram no longer accepts this session",
    byCode: {
      USER_DEACTIVATED_BAN: "Telegram has banned this account for spam",
      USER_DEACTIVATED: "this account was deleted",
      SESSION_REVOKED: "the owner of this account has ended the session",
      SESSION_EXPIRED: "this session has expired",
      SESSION_PASSWORD_NEEDED: "this session was never fully signed in",
      AUTH_KEY_UNREGISTERED: "this session is signed out",
      AUTH_KEY_PERM_EMPTY: "this session has a temporary key only",
      AUTH_KEY_DUPLICATED: "this session was used from two places at once, which ends it",
    },
  },
  group_refused: {
    otherwise: "posting is not possible there",
    byCode: {
      CHAT_WRITE_FORBIDDEN: "writing is not allowed there",
      CHAT_ADMIN_REQUIRED: "only admins may write there",
      CHAT_RESTRICTED: "the account is restricted there",
      USER_BANNED_IN_CHANNEL: "the account is banned from writing there",
      CHANNEL_PRIVATE: "the account is not a member",
      USER_NOT_PARTICIPANT: "the account is not a member",
      CHAT_GUEST_SEND_FORBIDDEN: "only members may write there",
      CHANNEL_INVALID: "the account cannot find this group",
      CHAT_ID_INVALID: "the account cannot find this group",
      PEER_ID_INVALID: "the account cannot find this group",
      USERNAME_NOT_OCCUPIED: "no group has this name",
      USERNAME_INVALID: "no group can have this name",
      INVITE_HASH_EXPIRED: "the invite link has expired",
      INVITE_HASH_INVALID: "the invite link is not valid",
      TOPIC_CLOSED: "the topic is closed",
      TOPIC_DELETED: "the topic was deleted",
      REPLY_MESSAGE_ID_INVALID: "the account cannot find the topic",
      REPLY_TO_INVALID: "the account cannot find the topic",
      CHAT_SEND_PLAIN_FORBIDDEN: "texts are not allowed there",
      CHAT_SEND_WEBPAGE_FORBIDDEN: "links with a preview are not allowed there",
      CHAT_SEND_MEDIA_FORBIDDEN: "media are not allowed there",
      CHAT_SEND_PHOTOS_FORBIDDEN: "photos are not allowed there",
      CHAT_SEND_VIDEOS_FORBIDDEN: "videos are not allowed there",
      CHAT_SEND_DOCS_FORBIDDEN: "files are not allowed there",
      CHAT_SEND_POLL_FORBIDDEN: "polls are not allowed there",
      BROADCAST_PUBLIC_VOTERS_FORBIDDEN: "polls that show who voted are not allowed there",
      ALLOW_PAYMENT_REQUIRED: "a message costs Telegram Stars there",
      BALANCE_TOO_LOW: "a message costs Telegram Stars there",
      PAYMENT_UNSUPPORTED: "a message costs Telegram Stars there",
    },
  },
  content_refused: {
    otherwise: "Telegram cannot send it like this",
    byCode: {
      CHAT_FORWARDS_RESTRICTED: "its channel does not allow forwarding",
      MESSAGE_ID_INVALID: "the message is no longer in its channel",
      MSG_ID_INVALID: "the message is no longer in its channel",
      MESSAGE_IDS_EMPTY: "the message is no longer in its channel",
      MESSAGE_EMPTY: "the message is empty",
      MESSAGE_TOO_LONG: "the text is too long",
      ENTITIES_TOO_LONG: "the text has too much formatting",
      MEDIA_EMPTY: "its picture or file is no longer available",
      MEDIA_FILE_INVALID: "its picture or file is no longer available",
      PREMIUM_ACCOUNT_REQUIRED: "only Telegram Premium accounts can send what is in it",
    },
  },
  config_error: {
    otherwise: "Telegram does not accept this set-up",
    byCode: {
      API_ID_INVALID: "Telegram does not know the API pair",
      CONNECTION_API_ID_INVALID: "Telegram does not know the API pair",
      API_PAIR_UNREADABLE: "the API pair's hash was encrypted with another SESSION_KEY than the engine has",
      API_ID_PUBLISHED_FLOOD: "Telegram has blocked the API pair because it was published",
      TRANSPORT_444: "the data centre's address does not belong to its number",
      DC_ID_INVALID: "the data centre's number is wrong",
    },
  },
};

/** Why a call was refused for longer than a wait, as a clause ("the topic is closed"), for a session's or a group's reason. */
export function reasonFor(refusal: { kind: Reasoned; code: string }): string {
  const { byCode, otherwise } = reasons[refusal.kind];
  const names = Object.keys(byCode);
  // some codes carry a parameter behind their name: ALLOW_PAYMENT_REQUIRED_25, RECAPTCHA_CHECK_signup__key
  const known =
    names.find((name) => name === refusal.code) ?? names.find((name) => refusal.code.startsWith(`${name}_`));
  return (known && byCode[known]) ?? otherwise;
}

/**
 * What a send came to, as a line of the bot's log.
 * @param next seconds until the delivery is tried again; null when it is not
 */
export function outcomeText(outcome: Outcome, names: Names, next: number | null): string {
  const { session, group } = names;
  switch (outcome.kind) {
    case "sent":
      return `${session} posted to ${group}`;
    case "flood_wait":
      return `Waiting ${humanDuration(next ?? outcome.seconds)}: Telegram asked ${session} to pause`;
    case "slow_mode":
      return `Waiting ${humanDuration(next ?? outcome.seconds)}: ${group} is in slow mode for ${session}`;
    case "session_limited":
      return `${session} rests until an admin has looked at it: ${reasonFor(outcome)}`;
    case "session_dead":
      return `${session} is lost: ${reasonFor(outcome)}`;
    case "group_refused":
      return outcome.scope === "group" && !outcome.suspect
        ? `${group} is left out from now on: ${reasonFor(outcome)}`
        : `${group} refuses ${session}: ${reasonFor(outcome)}`;
    case "content_refused":
      return `This cycle ends, because the post cannot be sent: ${reasonFor(outcome)}`;
    case "config_error":
      return `Posting stops until an admin has mended the set-up: ${reasonFor(outcome)}`;
    case "unknown":
      return next === null
        ? `Telegram never answered: whether the post of ${session} reached ${group} is not known`
        : `Telegram did not answer for ${session} in ${group}: asking again in ${humanDuration(next)}`;
    default:
      return assertNever(outcome);
  }
}

/** Why a session rests for an admin after several groups refused it with one code within an hour. */
export const suspectReason = (groups: number) =>
  `${groups} groups refused it within an hour, so Telegram limits the account and not the groups`;

/** Why the breaker stopped a bot, and what to do. */
export const breakerText = (spamDeaths: number, windowHours: number) =>
  `Posting stopped: within ${humanDuration(windowHours * 3600)} Telegram banned ${spamDeaths === 1 ? "an account" : `${spamDeaths} accounts`} for spam. Change the post or the groups, then ask an admin to allow a new start.`;
