/** The kinds of media that rights and errors tell apart. */
export type MediaKind = "photo" | "video" | "document" | "audio" | "voice" | "sticker" | "gif";

export interface Media {
  readonly kind: MediaKind;
  /** Identifies the file; forwards keep it. */
  readonly id: number;
}

/** Where a forwarded message was first posted. */
export interface ForwardHeader {
  readonly chatId: number;
  readonly messageId: number;
  /** Set for a message that a user, not a channel, wrote. */
  readonly accountId: number | undefined;
  /** Seconds since 1970. */
  readonly date: number;
}

/** What a service message tells, in place of a text. Bare ids. */
export type ServiceAction =
  | { readonly kind: "chatMigrateTo"; readonly channelId: number }
  | { readonly kind: "channelMigrateFrom"; readonly chatId: number; readonly title: string };

/** What a message carries, wherever it stands. */
export interface MessageContent {
  /** Undefined for a channel's own post. */
  readonly accountId: number | undefined;
  readonly text: string;
  /** It shows a preview of a link in its text. */
  readonly preview: boolean;
  readonly media: Media | undefined;
  /** Messages of one album share it. */
  readonly groupedId: bigint | undefined;
  readonly forward: ForwardHeader | undefined;
  readonly topicId: number | undefined;
  readonly replyTo: number | undefined;
  readonly silent: boolean;
  readonly noforwards: boolean;
  readonly randomId: bigint | undefined;
  readonly service: ServiceAction | undefined;
}
