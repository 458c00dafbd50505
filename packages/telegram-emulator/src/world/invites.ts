import type { Chat } from "./chat.ts";

export interface Invite {
  readonly hash: string;
  readonly chat: Chat;
  readonly expired: boolean;
  /** Using the link asks an admin first. */
  readonly requests: boolean;
}

export interface InviteOptions {
  /** @default a hash of the world's own */
  readonly hash?: string | undefined;
  readonly expired?: boolean | undefined;
  /** @default as the chat has it */
  readonly requests?: boolean | undefined;
}

/** Invite links by their hash. */
export class Invites {
  private readonly byHash = new Map<string, Invite>();
  private readonly makeHash: () => string;

  constructor(makeHash: () => string) {
    this.makeHash = makeHash;
  }

  create(chat: Chat, options: InviteOptions): string {
    const hash = options.hash ?? this.makeHash();
    this.byHash.set(hash, {
      hash,
      chat,
      expired: options.expired ?? false,
      requests: options.requests ?? chat.joinRequests,
    });
    return hash;
  }

  get(hash: string): Invite | undefined {
    return this.byHash.get(hash);
  }
}
