// What each RPC error means for whom, as a table of names by kind: every name that our methods (forwardMessages, sendMessage,
// resolveUsername, checkChatInvite, getDialogs, getHistory, getState, getUsers and the initConnection around them) can give. What
// is not here is transient or not known, and so `unknown`. Names and causes: https://core.telegram.org/api/errors and the errors of each method.
import type { Refusal, RefusalEnd } from "@herald/core";

/** A refusal before the name is put into it. */
type Meaning = Refusal extends infer R ? (R extends { code: string } ? Omit<R, "code"> : never) : never;

/** For a wait whose length Telegram does not say. */
const WAIT_OF_UNKNOWN_LENGTH_SECONDS = 60;

const names = (list: string) => list.trim().split(/\s+/);

const never: RefusalEnd = { kind: "never" };
const daily: RefusalEnd = { kind: "daily" };

type GroupRefused = Extract<Meaning, { kind: "group_refused" }>;

/** What the group said, to this session and of a peer that is right, unless `it` says otherwise. */
const refused = (it: Pick<GroupRefused, "ends"> & Partial<GroupRefused>): GroupRefused => ({
  kind: "group_refused",
  scope: "pair",
  suspect: false,
  stalePeer: false,
  ...it,
});

type Row = readonly [Meaning | ((seconds: number) => Meaning), readonly string[]];

/** In a name, `%d` stands for a number (of seconds, where the meaning takes one) and `%s` for any text. */
const TABLE: readonly Row[] = [
  [
    (seconds) => ({ kind: "flood_wait", seconds, method: "any" }),
    names("FLOOD_WAIT_%d FLOOD_PREMIUM_WAIT_%d FLOOD_TEST_PHONE_WAIT_%d"),
  ],
  [{ kind: "flood_wait", seconds: WAIT_OF_UNKNOWN_LENGTH_SECONDS, method: "any" }, ["P0NY_FLOODWAIT"]],
  [(seconds) => ({ kind: "slow_mode", seconds }), ["SLOWMODE_WAIT_%d"]],
  // Telegram's antispam took the account.
  [{ kind: "session_dead", cause: "spam" }, ["USER_DEACTIVATED_BAN"]],
  // Logged out, deleted by its owner, never finished its login, used in two places at once, or no key of a login at all.
  [
    { kind: "session_dead", cause: "lost" },
    names(`
    ACTIVE_USER_REQUIRED AUTH_KEY_DUPLICATED AUTH_KEY_INVALID AUTH_KEY_PERM_EMPTY AUTH_KEY_UNREGISTERED
    SESSION_EXPIRED SESSION_PASSWORD_NEEDED SESSION_REVOKED USER_DEACTIVATED
    `),
  ],
  // Limited for spam reports, frozen (read-only), asked for a human or a phone, or at home in another DC than its session says.
  [
    { kind: "session_limited" },
    names(`
    APNS_VERIFY_CHECK_%s FROZEN_METHOD_INVALID FROZEN_PARTICIPANT_MISSING INTEGRITY_CHECK_CLASSIC_%s
    PEER_FLOOD RECAPTCHA_CHECK_%s USER_MIGRATE_%d USER_RESTRICTED
    `),
  ],
  // The account is restricted in this group, or in all of them: only several groups together tell which.
  [refused({ ends: daily, suspect: true }), ["USER_BANNED_IN_CHANNEL"]],
  // Membership, rights, paid messages, and what Telegram tells one account and not the other: admins post in closed topics, the
  // banned are told that a good invite link has expired. All of it can be another tomorrow.
  [
    refused({ ends: daily }),
    names(`
    ALLOW_PAYMENT_REQUIRED ALLOW_PAYMENT_REQUIRED_%d BALANCE_TOO_LOW CHAT_ADMIN_REQUIRED
    CHAT_GUEST_SEND_FORBIDDEN CHAT_RESTRICTED CHAT_WRITE_FORBIDDEN INVITE_HASH_EXPIRED
    PARTICIPANT_ID_INVALID PAYMENT_UNSUPPORTED PRIVACY_PREMIUM_REQUIRED SEND_AS_PEER_INVALID
    STARS_PAYMENT_REQUIRED TOPIC_CLOSED USER_IS_BLOCKED USER_NOT_PARTICIPANT USER_PRIVACY_RESTRICTED
    YOU_BLOCKED_USER
    `),
  ],
  // The chat is closed to the account, or the peer by which it was meant is out of date (a basic group became a supergroup, a
  // name moved, Telegram changed its access hashes).
  [
    refused({ ends: daily, stalePeer: true }),
    names(`
    CHANNEL_INVALID CHANNEL_PRIVATE CHANNEL_PUBLIC_GROUP_NA CHAT_ID_INVALID CHAT_INVALID PEER_ID_INVALID
    USER_ID_INVALID USER_INVALID
    `),
  ],
  // The group does not take this kind of post, and may take another. https://core.telegram.org/api/rights
  [
    refused({ ends: { kind: "post_changes" } }),
    names(`
    BOT_GAMES_DISABLED BOT_PAYMENTS_DISABLED BROADCAST_PUBLIC_VOTERS_FORBIDDEN CHAT_SEND_AUDIOS_FORBIDDEN
    CHAT_SEND_DOCS_FORBIDDEN CHAT_SEND_GAME_FORBIDDEN CHAT_SEND_GIFS_FORBIDDEN CHAT_SEND_INLINE_FORBIDDEN
    CHAT_SEND_MEDIA_FORBIDDEN CHAT_SEND_PHOTOS_FORBIDDEN CHAT_SEND_PLAIN_FORBIDDEN
    CHAT_SEND_POLL_FORBIDDEN CHAT_SEND_ROUNDVIDEOS_FORBIDDEN CHAT_SEND_STICKERS_FORBIDDEN
    CHAT_SEND_VIDEOS_FORBIDDEN CHAT_SEND_VOICES_FORBIDDEN CHAT_SEND_WEBPAGE_FORBIDDEN
    EXTENDED_MEDIA_PEER_INVALID SLOWMODE_MULTI_MSGS_DISABLED VOICE_MESSAGES_FORBIDDEN
    `),
  ],
  // The topic, which the account does not find. The only message that Herald replies to is the first of the group's topic.
  [
    refused({ ends: never }),
    names("ENCRYPTION_DECLINED REPLY_MESSAGE_ID_INVALID REPLY_TO_INVALID REPLY_TO_USER_INVALID"),
  ],
  // The group, topic, name or link is no place to post, whoever asks, and will not become one: a name that is free may be
  // another group's tomorrow.
  [
    refused({ ends: never, scope: "group" }),
    names(`
    CHANNEL_FORUM_MISSING CHANNEL_MONOFORUM_UNSUPPORTED CHAT_TOO_BIG INPUT_USER_DEACTIVATED
    INVITE_HASH_EMPTY INVITE_HASH_INVALID INVITE_REVOKED_MISSING REPLY_TO_MONOFORUM_PEER_INVALID
    STARREF_EXPIRED SUGGESTED_POST_PEER_INVALID TOPICS_EMPTY TOPIC_DELETED TOPIC_ID_INVALID
    USERNAME_INVALID USERNAME_NOT_OCCUPIED USER_BOT_TO_BOT_DISABLED USER_DELETED USER_IS_BOT
    `),
  ],
  // The text, or the message that is forwarded and what is in it.
  [
    { kind: "content_refused" },
    names(`
    CHAT_FORWARDS_RESTRICTED DOCUMENT_INVALID EMOTICON_INVALID ENTITIES_TOO_LONG ENTITY_BOUNDS_INVALID
    ENTITY_DATE_FORMAT_INVALID ENTITY_DATE_INVALID ENTITY_DATE_TOO_LONG ENTITY_MENTION_USER_INVALID
    EXTENDED_MEDIA_AMOUNT_INVALID EXTENDED_MEDIA_EMPTY EXTENDED_MEDIA_INVALID EXTERNAL_URL_INVALID
    FILEREF_UPGRADE_NEEDED FILE_PARTS_INVALID FILE_PART_LENGTH_INVALID FILE_REFERENCE_%d_EMPTY
    FILE_REFERENCE_%d_EXPIRED FILE_REFERENCE_%d_INVALID FILE_REFERENCE_EMPTY FILE_REFERENCE_EXPIRED
    FILE_REFERENCE_INVALID GROUPED_MEDIA_INVALID IMAGE_PROCESS_FAILED INPUT_FILE_INVALID
    MD5_CHECKSUM_INVALID MEDIA_CAPTION_TOO_LONG MEDIA_EMPTY MEDIA_FILE_INVALID MEDIA_INVALID
    MESSAGE_AUTHOR_REQUIRED MESSAGE_EMPTY MESSAGE_IDS_EMPTY MESSAGE_ID_INVALID MESSAGE_TOO_LONG
    MSG_ID_INVALID MULTI_MEDIA_TOO_LONG PHOTO_EXT_INVALID PHOTO_INVALID_DIMENSIONS
    PHOTO_SAVE_FILE_INVALID POLL_OPTION_INVALID PREMIUM_ACCOUNT_REQUIRED QUIZ_ANSWER_MISSING
    SEND_MEDIA_INVALID STORIES_NEVER_CREATED STORY_ID_INVALID TTL_MEDIA_INVALID
    VIDEO_CONTENT_TYPE_INVALID WC_CONVERT_URL_INVALID WEBDOCUMENT_MIME_INVALID WEBPAGE_CURL_FAILED
    WEBPAGE_MEDIA_EMPTY WEBPAGE_NOT_FOUND WEBPAGE_URL_INVALID
    `),
  ],
  // An earlier try has arrived, or else (on a first one) the number is another message's.
  [{ kind: "random_id_taken" }, ["RANDOM_ID_DUPLICATE"]],
  // The API pair, the layer or the request itself is wrong, down to fields that Herald never sets (buttons, schedules, effects).
  [
    { kind: "config_error" },
    names(`
    ADMIN_RIGHTS_EMPTY API_ID_INVALID API_ID_PUBLISHED_FLOOD BOT_DOMAIN_INVALID BOT_INVALID
    BUSINESS_CONNECTION_INVALID BUSINESS_CONNECTION_NOT_ALLOWED BUSINESS_PEER_INVALID
    BUSINESS_PEER_USAGE_MISSING BUTTON_COPY_TEXT_INVALID BUTTON_DATA_INVALID BUTTON_ID_INVALID
    BUTTON_TYPE_INVALID BUTTON_URL_INVALID BUTTON_USER_INVALID BUTTON_USER_PRIVACY_RESTRICTED
    CDN_METHOD_INVALID CONNECTION_API_ID_INVALID CONNECTION_APP_VERSION_EMPTY
    CONNECTION_DEVICE_MODEL_EMPTY CONNECTION_LANG_PACK_INVALID CONNECTION_LAYER_INVALID
    CONNECTION_SYSTEM_EMPTY CONNECTION_SYSTEM_LANG_CODE_EMPTY DATA_INVALID DC_ID_INVALID
    EFFECT_CHAT_INVALID EFFECT_ID_INVALID FOLDER_ID_INVALID FROM_MESSAGE_BOT_DISABLED
    INPUT_CONSTRUCTOR_INVALID INPUT_FETCH_ERROR INPUT_FETCH_FAIL INPUT_LAYER_INVALID
    INPUT_METHOD_INVALID INPUT_REQUEST_TOO_LONG METHOD_INVALID OFFSET_PEER_ID_INVALID PEER_TYPES_INVALID
    PINNED_DIALOGS_TOO_MUCH QUICK_REPLIES_BOT_NOT_ALLOWED QUICK_REPLIES_TOO_MUCH QUOTE_TEXT_INVALID
    RANDOM_ID_EMPTY RANDOM_ID_INVALID REPLY_MARKUP_INVALID REPLY_MARKUP_TOO_LONG REPLY_MESSAGES_TOO_MUCH
    SCHEDULE_BOT_NOT_ALLOWED SCHEDULE_DATE_TOO_LATE SCHEDULE_STATUS_PRIVATE SCHEDULE_TOO_MUCH
    SUGGESTED_POST_AMOUNT_INVALID TAKEOUT_INVALID TAKEOUT_REQUIRED UNKNOWN_METHOD UPDATE_APP_TO_LOGIN
    `),
  ],
];

/** What is otherwise said of a text than of a forward: it has no source, so the message that is not there is its topic. */
const TABLE_OF_TEXTS: readonly Row[] = [[refused({ ends: never }), names("MESSAGE_ID_INVALID MSG_ID_INVALID")]];

/**
 * Says that Telegram does not know the key or its user, which Telegram's servers also say for a moment of a key that is
 * good: a second connection has to say it, too. What else ends a session names who ended it, and is final at once; and a key that
 * was used twice (AUTH_KEY_DUPLICATED) would only be used a third time.
 */
const MAY_PASS = new Set(names("ACTIVE_USER_REQUIRED AUTH_KEY_INVALID AUTH_KEY_UNREGISTERED"));

/** Every name that the table has. */
export const NAMES: readonly string[] = TABLE.flatMap(([, list]) => list);

const patternsOf = (table: readonly Row[]) =>
  table.flatMap(([meaning, list]) =>
    list.map((name) => [new RegExp(`^${name.replace("%d", "(\\d+)").replace("%s", ".+")}$`), meaning] as const),
  );

const PATTERNS = patternsOf(TABLE);
const PATTERNS_OF_TEXTS = [...patternsOf(TABLE_OF_TEXTS), ...PATTERNS];

/** What was asked, where it matters for what the answer means. */
export type Asked = "text" | "other";

/** What the RPC error `name` ("SLOWMODE_WAIT_30", "CHAT_WRITE_FORBIDDEN") means. Any name that the table has not is `unknown`. */
export function meaningOf(name: string, asked: Asked): Meaning {
  for (const [pattern, meaning] of asked === "text" ? PATTERNS_OF_TEXTS : PATTERNS) {
    const match = pattern.exec(name);
    if (match !== null) return typeof meaning === "function" ? meaning(Number(match[1])) : meaning;
  }
  return { kind: "unknown" };
}

/** Whether a death of this name is believed only when a second connection says it, too. */
export const mayPass = (name: string): boolean => MAY_PASS.has(name);
