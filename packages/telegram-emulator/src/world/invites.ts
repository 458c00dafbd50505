import type { Chat } from "./chat.ts";
import type { InviteOptions } from "./chat-options.ts";

export interface Invite {
  readonly hash: string;
  readonly chat: Chat;
  readonly expired: boolean;
  /** Using the link asks an admin first. */
  readonly requests: boolean;
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
