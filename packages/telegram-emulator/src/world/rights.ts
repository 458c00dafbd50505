import type { MediaKind } from "./message.ts";

/** What members may not do; Telegram's chatBannedRights in camel case. `sendMessages` covers all the others. */
export interface BannedRights {
  readonly sendMessages?: boolean | undefined;
  readonly sendPlain?: boolean | undefined;
  readonly sendMedia?: boolean | undefined;
  readonly sendPhotos?: boolean | undefined;
  readonly sendVideos?: boolean | undefined;
  readonly sendDocs?: boolean | undefined;
  readonly sendAudios?: boolean | undefined;
  readonly sendVoices?: boolean | undefined;
  readonly sendStickers?: boolean | undefined;
  readonly sendGifs?: boolean | undefined;
  readonly embedLinks?: boolean | undefined;
  /** Milliseconds since 1970. @default for good */
  readonly until?: number | undefined;
}

interface MediaRight {
  readonly right: keyof BannedRights;
  readonly error: string;
}

const MEDIA_RIGHTS: Record<MediaKind, MediaRight> = {
  photo: { right: "sendPhotos", error: "CHAT_SEND_PHOTOS_FORBIDDEN" },
  video: { right: "sendVideos", error: "CHAT_SEND_VIDEOS_FORBIDDEN" },
  document: { right: "sendDocs", error: "CHAT_SEND_DOCS_FORBIDDEN" },
  audio: { right: "sendAudios", error: "CHAT_SEND_AUDIOS_FORBIDDEN" },
  voice: { right: "sendVoices", error: "CHAT_SEND_VOICES_FORBIDDEN" },
  sticker: { right: "sendStickers", error: "CHAT_SEND_STICKERS_FORBIDDEN" },
  gif: { right: "sendGifs", error: "CHAT_SEND_GIFS_FORBIDDEN" },
};

const LINK = /https?:\/\/|t\.me\//i;

/** The error for content of this kind under these rights (all of them 403), or undefined when it may be sent. */
export function contentError(rights: BannedRights, media: MediaKind | undefined, text: string): string | undefined {
  if (media) {
    const { right, error } = MEDIA_RIGHTS[media];
    if (rights[right]) return error;
    return rights.sendMedia ? "CHAT_SEND_MEDIA_FORBIDDEN" : undefined;
  }
  if (rights.sendPlain) return "CHAT_SEND_PLAIN_FORBIDDEN";
  return rights.embedLinks && LINK.test(text) ? "CHAT_SEND_WEBPAGE_FORBIDDEN" : undefined;
}
