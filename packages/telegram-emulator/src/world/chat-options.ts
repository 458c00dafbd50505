import type { Account } from "./account.ts";
import type { DefaultBannedRights } from "./rights.ts";

export type ChatKind = "channel" | "supergroup" | "basicGroup" | "private";

export interface ChatOptions {
  /** Bare id. @default the next free one */
  readonly id?: number | undefined;
  readonly title: string;
  /** Without the @; a chat without one is private. */
  readonly username?: string | undefined;
  readonly members?: readonly Account[] | undefined;
  readonly admins?: readonly Account[] | undefined;
  /** Content can't be forwarded from here. */
  readonly noforwards?: boolean | undefined;
}

export interface ChannelOptions extends ChatOptions {
  readonly posts?: readonly string[] | undefined;
}

export interface TopicOptions {
  readonly id?: number | undefined;
  readonly title: string;
  readonly closed?: boolean | undefined;
  readonly deleted?: boolean | undefined;
}

export interface SupergroupOptions extends ChatOptions {
  /** Seconds between two messages of one member; admins are exempt. */
  readonly slowMode?: number | undefined;
  /** What no ordinary member may do. */
  readonly bannedRights?: DefaultBannedRights | undefined;
  /** Topics make it a forum; topic 1, General, is always there. */
  readonly topics?: readonly TopicOptions[] | undefined;
  /** Joining asks an admin first. */
  readonly joinRequests?: boolean | undefined;
  /** Guests of a public group are told to join first: CHAT_GUEST_SEND_FORBIDDEN. */
  readonly joinToSend?: boolean | undefined;
  /** Price of a message in Telegram Stars. */
  readonly paidMessageStars?: number | undefined;
}

/** What can change in a chat while it is used. */
export type ChatSettings = Pick<
  SupergroupOptions,
  "noforwards" | "slowMode" | "bannedRights" | "joinRequests" | "joinToSend" | "paidMessageStars"
>;

export interface InviteOptions {
  /** @default a hash of the world's own */
  readonly hash?: string | undefined;
  readonly expired?: boolean | undefined;
  /** @default as the chat has it */
  readonly requests?: boolean | undefined;
}
