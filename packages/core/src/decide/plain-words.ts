// What happened, in words for people: plain, in the present, without Telegram's codes (those stand behind a disclosure).
import type { OutcomeKind } from "@herald/contract";
import { assertNever } from "../lib/assert-never.ts";
import { humanDuration, timeUntil } from "../lib/duration.ts";
import type { SessionRest } from "../model/domain.ts";
import type { Outcome, Refusal, RefusalEnd } from "../model/outcome.ts";

/** How the people concerned are called: the session's label ("@shop_3") and the group's reference or title. */
export interface Names {
  session: string;
  group: string;
}

type Reasoned = Exclude<Refusal["kind"], "flood_wait" | "slow_mode" | "random_id_taken">;

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
      TRANSPORT_444: "no address that is known of this session's data centre leads to it: add it anew",
      BEING_CHECKED: "it is being tried with Telegram; if that does not end, try it again",
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
      AUTH_KEY_INVALID: "Telegram does not know this session's key",
      TRANSPORT_404: "Telegram does not know this session's key",
      ACTIVE_USER_REQUIRED: "this session was never fully signed in",
      AUTH_KEY_DUPLICATED: "this session was used from two places at once, which ends it",
      DC_ID_INVALID: "this session names no data centre of Telegram's",
      TEST_DC:
        "this session belongs to Telegram's test servers, which are a world of their own: upload one of the real servers",
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
      NOT_A_MEMBER: "the account is not a member",
      USER_NOT_PARTICIPANT: "the account is not a member",
      CHAT_GUEST_SEND_FORBIDDEN: "only members may write there",
      CHANNEL_INVALID: "the account cannot find this group",
      CHAT_ID_INVALID: "the account cannot find this group",
      PEER_ID_INVALID: "the account cannot find this group",
      CHAT_INVALID: "the account cannot find this group",
      CHANNEL_PUBLIC_GROUP_NA: "the account cannot find this group",
      NOT_A_GROUP: "this name belongs to a person, not to a group",
      NOT_A_REFERENCE: "this is no name, id or invite link of a group",
      GROUP_REMOVED: "the group was removed",
      USERNAME_NOT_OCCUPIED: "no group has this name",
      USERNAME_INVALID: "no group can have this name",
      INVITE_HASH_EXPIRED: "the invite link has expired",
      INVITE_HASH_INVALID: "the invite link is not valid",
      TOPIC_CLOSED: "the topic is closed",
      TOPIC_DELETED: "the topic was deleted",
      REPLY_MESSAGE_ID_INVALID: "the account cannot find the topic",
      REPLY_TO_INVALID: "the account cannot find the topic",
      MSG_ID_INVALID: "the account cannot find the topic",
      MESSAGE_ID_INVALID: "the account cannot find the topic",
      TOPIC_ID_INVALID: "there is no such topic",
      TOPICS_EMPTY: "there is no such topic",
      CHANNEL_FORUM_MISSING: "the group has no topics",
      CHAT_SEND_PLAIN_FORBIDDEN: "texts are not allowed there",
      CHAT_SEND_WEBPAGE_FORBIDDEN: "links with a preview are not allowed there",
      CHAT_SEND_MEDIA_FORBIDDEN: "media are not allowed there",
      CHAT_SEND_PHOTOS_FORBIDDEN: "photos are not allowed there",
      CHAT_SEND_VIDEOS_FORBIDDEN: "videos are not allowed there",
      CHAT_SEND_ROUNDVIDEOS_FORBIDDEN: "videos are not allowed there",
      CHAT_SEND_DOCS_FORBIDDEN: "files are not allowed there",
      CHAT_SEND_AUDIOS_FORBIDDEN: "music is not allowed there",
      CHAT_SEND_VOICES_FORBIDDEN: "voice messages are not allowed there",
      CHAT_SEND_STICKERS_FORBIDDEN: "stickers are not allowed there",
      CHAT_SEND_GIFS_FORBIDDEN: "GIFs are not allowed there",
      CHAT_SEND_GAME_FORBIDDEN: "games are not allowed there",
      CHAT_SEND_INLINE_FORBIDDEN: "posts by way of bots are not allowed there",
      CHAT_SEND_POLL_FORBIDDEN: "polls are not allowed there",
      BROADCAST_PUBLIC_VOTERS_FORBIDDEN: "polls that show who voted are not allowed there",
      ALLOW_PAYMENT_REQUIRED: "a message costs Telegram Stars there",
      BALANCE_TOO_LOW: "a message costs Telegram Stars there",
      PAYMENT_UNSUPPORTED: "a message costs Telegram Stars there",
      STARS_PAYMENT_REQUIRED: "a message costs Telegram Stars there",
    },
  },
  content_refused: {
    otherwise: "Telegram cannot send it like this",
    byCode: {
      CHAT_FORWARDS_RESTRICTED: "its channel does not allow forwarding",
      MESSAGE_ID_INVALID: "the message is no longer in its channel",
      MSG_ID_INVALID: "the message is no longer in its channel",
      MESSAGE_IDS_EMPTY: "the message is no longer in its channel",
      POST_LINK_INVALID: "its link does not lead to a message",
      USERNAME_NOT_OCCUPIED: "no channel has the name in its link",
      USERNAME_INVALID: "no channel can have the name in its link",
      NOT_A_GROUP: "the name in its link belongs to a person, not to a channel",
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
      UPDATE_APP_TO_LOGIN: "Telegram asks for a newer version of its protocol than Herald speaks",
      CONNECTION_LAYER_INVALID: "Telegram asks for a newer version of its protocol than Herald speaks",
    },
  },
  unknown: {
    otherwise: "Telegram answered with a fault of its own",
    byCode: {
      NO_ANSWER: "Telegram did not answer",
      NO_CONNECTION: "Telegram could not be reached",
      NO_CLEAR_ANSWER: "Telegram gave no clear answer",
      NO_MESSAGE_ID: "Telegram answered without naming a message",
      UNREADABLE_ANSWER: "Telegram answered in a way that Herald cannot read",
      AUTH_KEY_UNREGISTERED: "Telegram did not know the session for a moment",
      AUTH_KEY_INVALID: "Telegram did not know the session for a moment",
      ACTIVE_USER_REQUIRED: "Telegram did not know the session for a moment",
      LEASE_LOST: "the engine stood still for so long that it had to let the account go",
      ABORTED: "the connection was ended by the engine",
      CLOSED: "the connection was ended by the engine",
    },
  },
};

/** Why a call was not done, where no wait says it, as a clause ("the topic is closed"), for a session's or a group's reason. */
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
 * @param next seconds until the delivery (where the group refused: the group) is tried again; null when it is not
 */
export function outcomeText(outcome: Outcome, names: Names, next: number | null): string {
  const { session, group } = names;
  switch (outcome.kind) {
    case "sent":
      return outcome.messageId === null
        ? `${session} posted to ${group}: Telegram says that the post stands, but its message could not be found`
        : `${session} posted to ${group}`;
    case "flood_wait":
      if (outcome.method === "lookup")
        return `Waiting ${humanDuration(next ?? outcome.seconds)} before ${session} searches for ${group}: Telegram asked for it`;
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
        : `${group} refuses ${session}: ${reasonFor(outcome)}${askedAgain(outcome.ends, next)}`;
    case "content_refused":
      return `Posting stops, because the post cannot be sent: ${reasonFor(outcome)}. Change the post, then start again.`;
    case "random_id_taken":
      return `${session} posts to ${group} under a new number: Telegram has another message under the first`;
    case "config_error":
      return `Posting stops until an admin has mended the set-up: ${reasonFor(outcome)}`;
    case "unknown":
      return next === null
        ? `Telegram never said whether the post of ${session} reached ${group}: ${reasonFor(outcome)}`
        : `${reasonFor(outcome)} (${session} in ${group}): asking again in ${humanDuration(next)}`;
    default:
      return assertNever(outcome);
  }
}

/** When a refusal is asked again, to stand behind it. */
function askedAgain({ kind }: RefusalEnd, next: number | null): string {
  if (kind === "post_changes") return "; asked again when the post changes";
  return next === null ? "" : `; asked again in ${humanDuration(next)}`;
}

/** Why a bot stops whose post was refused after it got another, which nobody has tried yet. @param reason a clause */
export const formerPostText = (reason: string): string =>
  `Posting stops, because the post that this cycle began with cannot be sent: ${reason}. It was changed meanwhile: start again to send the new one.`;

/** Why deliveries of a cycle came to nothing, each after a number of posts. */
const nothingBecause: Record<Exclude<OutcomeKind, "sent">, string> = {
  flood_wait: "held because Telegram asked the accounts to pause",
  slow_mode: "held by slow mode",
  cooldown: "held because others had just posted there",
  session_limited: "not sent because Telegram limits the accounts",
  session_dead: "not sent because Telegram took the accounts",
  session_resting: "left out because the accounts rest",
  session_lost: "left out because the accounts were lost",
  source_refused: "left out because the post's channel does not let the accounts read it",
  unreachable: "left out because the accounts could not reach Telegram",
  cycle_ended: "left out because the cycle ended first",
  group_refused: "refused by the groups",
  group_retired: "left out because the groups refuse them",
  opted_out: "left out because the groups want no posts",
  content_refused: "refused because of what is in the post",
  config_error: "not sent because Herald's set-up is not right",
  bot_changed: "left out because the bot was changed",
  unknown: "sent, and Telegram never said whether they arrived",
};

/**
 * Why a cycle posted nothing, for its user.
 * @param outcomes how many deliveries ended in each way, the most frequent first
 */
export function nothingPostedText(outcomes: ReadonlyArray<{ outcome: OutcomeKind; count: number }>): string {
  const clauses = outcomes.flatMap(({ outcome, count }) =>
    outcome === "sent" ? [] : [`${count} ${count === 1 ? "post was" : "posts were"} ${nothingBecause[outcome]}`],
  );
  return `This cycle posted nothing: ${clauses.join("; ")}.`;
}

/** How long a session rests, and why: a sentence that stands behind what happened to it. */
export const restText = ({ until, reason }: SessionRest, now: Date): string =>
  `It rests ${until === null ? "until an admin has looked at it" : `for ${timeUntil(until, now)}`}: ${reason}.`;

/** Why a session rests for an admin after several groups refused it with one code within an hour. */
export const suspectReason = (groups: number) =>
  `${groups} groups refused it within an hour, so Telegram limits the account and not the groups`;

/** Why the breaker stopped a bot, and what to do. */
export const breakerText = (spamDeaths: number, windowHours: number) =>
  `Posting stopped: within ${humanDuration(windowHours * 3600)} Telegram banned ${spamDeaths === 1 ? "an account" : `${spamDeaths} accounts`} for spam. Change the post or the groups, then ask an admin to allow a new start.`;
