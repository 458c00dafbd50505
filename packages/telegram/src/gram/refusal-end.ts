import type { RefusalEnd } from "@herald/core";
import { Api } from "telegram/tl/index.js";

/** https://core.telegram.org/constructor/chatBannedRights: this and 0 mean for good. */
const FOREVER_SECONDS = 0x7fffffff;

type Right = Extract<keyof Api.ChatBannedRights, `send${string}` | `embed${string}`>;

/** The right that is missing, by the error that says so. https://core.telegram.org/api/rights */
const RIGHTS: Readonly<Record<string, Right>> = {
  USER_BANNED_IN_CHANNEL: "sendMessages",
  CHAT_WRITE_FORBIDDEN: "sendMessages",
  CHAT_RESTRICTED: "sendMessages",
  CHAT_SEND_PLAIN_FORBIDDEN: "sendPlain",
  CHAT_SEND_WEBPAGE_FORBIDDEN: "embedLinks",
  CHAT_SEND_MEDIA_FORBIDDEN: "sendMedia",
  CHAT_SEND_PHOTOS_FORBIDDEN: "sendPhotos",
  CHAT_SEND_VIDEOS_FORBIDDEN: "sendVideos",
  CHAT_SEND_ROUNDVIDEOS_FORBIDDEN: "sendRoundvideos",
  CHAT_SEND_AUDIOS_FORBIDDEN: "sendAudios",
  CHAT_SEND_VOICES_FORBIDDEN: "sendVoices",
  CHAT_SEND_DOCS_FORBIDDEN: "sendDocs",
  CHAT_SEND_STICKERS_FORBIDDEN: "sendStickers",
  CHAT_SEND_GIFS_FORBIDDEN: "sendGifs",
  CHAT_SEND_GAME_FORBIDDEN: "sendGames",
  CHAT_SEND_INLINE_FORBIDDEN: "sendInline",
  CHAT_SEND_POLL_FORBIDDEN: "sendPolls",
};

/** Whether the chat, looked at, can say more about when a refusal of this name ends. */
export const tellsItsEnd = (code: string): boolean => code in RIGHTS;

/**
 * When a refusal ends, by what the chat says of the account's rights: a mute with a date at its date; a right that the chat takes
 * from everybody to write at all (night mode) may be back any day. Undefined where the chat says nothing of it.
 */
export function endInChat(code: string, chat: Api.TypeChat, now: Date): RefusalEnd | undefined {
  const right = RIGHTS[code];
  if (right === undefined) return undefined;
  // removed from the chat, and perhaps let in again at a date
  if (chat instanceof Api.ChannelForbidden) return at(chat.untilDate, now);
  if (!(chat instanceof Api.Channel)) return undefined;
  const { bannedRights: own, defaultBannedRights: everyones } = chat;
  if (everyones?.sendMessages === true) return { kind: "daily" };
  if (everyones?.[right] === true) return undefined;
  return own?.sendMessages === true || own?.[right] === true ? at(own.untilDate, now) : undefined;
}

function at(untilDate: number | undefined, now: Date): RefusalEnd | undefined {
  const until = untilDate ?? 0;
  if (until >= FOREVER_SECONDS || until * 1000 <= now.getTime()) return undefined;
  return { kind: "at", at: new Date(until * 1000) };
}
