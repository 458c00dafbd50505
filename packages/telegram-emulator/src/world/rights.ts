import type { MediaKind } from "./message.ts";

/** What the members of a group may not do; Telegram's chatBannedRights in camel case. */
export interface DefaultBannedRights {
  /** Covers all the others. */
  readonly sendMessages?: boolean | undefined;
  readonly sendPlain?: boolean | undefined;
  /** Covers every kind of media, and previews. */
  readonly sendMedia?: boolean | undefined;
  readonly sendPhotos?: boolean | undefined;
  readonly sendVideos?: boolean | undefined;
  readonly sendDocs?: boolean | undefined;
  readonly sendAudios?: boolean | undefined;
  readonly sendVoices?: boolean | undefined;
  readonly sendStickers?: boolean | undefined;
  readonly sendGifs?: boolean | undefined;
  /** Texts whose link shows a preview. */
  readonly embedLinks?: boolean | undefined;
}

/** What one member may not do. */
export interface BannedRights extends DefaultBannedRights {
  /** Milliseconds since 1970. @default for good */
  readonly until?: number | undefined;
}

export type Right = keyof DefaultBannedRights;

/** Whether a right is taken away, by itself or by one that covers it. */
export function isBanned(rights: DefaultBannedRights, right: Right): boolean {
  if (rights.sendMessages || rights[right]) return true;
  return right !== "sendMessages" && right !== "sendPlain" && rights.sendMedia === true;
}

const MEDIA_RIGHTS: Record<MediaKind, { readonly right: Right; readonly error: string }> = {
  photo: { right: "sendPhotos", error: "CHAT_SEND_PHOTOS_FORBIDDEN" },
  video: { right: "sendVideos", error: "CHAT_SEND_VIDEOS_FORBIDDEN" },
  document: { right: "sendDocs", error: "CHAT_SEND_DOCS_FORBIDDEN" },
  audio: { right: "sendAudios", error: "CHAT_SEND_AUDIOS_FORBIDDEN" },
  voice: { right: "sendVoices", error: "CHAT_SEND_VOICES_FORBIDDEN" },
  sticker: { right: "sendStickers", error: "CHAT_SEND_STICKERS_FORBIDDEN" },
  gif: { right: "sendGifs", error: "CHAT_SEND_GIFS_FORBIDDEN" },
};

export interface Content {
  readonly media: MediaKind | undefined;
  /** It is a text with a link that shows a preview. */
  readonly preview: boolean;
}

/** The error for such content under these rights (all of them 403), or undefined when it may be sent. */
export function contentError(rights: DefaultBannedRights, { media, preview }: Content): string | undefined {
  if (media) {
    const { right, error } = MEDIA_RIGHTS[media];
    if (rights[right]) return error;
    return isBanned(rights, right) ? "CHAT_SEND_MEDIA_FORBIDDEN" : undefined;
  }
  if (isBanned(rights, "sendPlain")) return "CHAT_SEND_PLAIN_FORBIDDEN";
  return preview && isBanned(rights, "embedLinks") ? "CHAT_SEND_WEBPAGE_FORBIDDEN" : undefined;
}
