import type { Post } from "@herald/contract";
import type { LaneTarget } from "../model/domain.ts";
import type { Peer, ResolvedChat } from "../model/outcome.ts";

/**
 * What is known of sessions in chats, whoever's groups they are: peers, waits, refusals. Waits and refusals come in through
 * the ledger, beside the delivery that they were learned by.
 */
export interface SessionChatRepository {
  /** Where these groups lead for one session, as far as it is known, by group id. A group that is gone is not among them. */
  targets(sessionId: string, groupIds: string[]): Promise<Map<string, LaneTarget>>;
  /** The session's peer of the chat that `reference` (without a topic) leads to; null while it has none. */
  peer(sessionId: string, reference: string): Promise<Peer | null>;
  /** Takes what a look-up found out: the chat, what led to it, what it was before, and the session's peer. */
  found(sessionId: string, reference: string, chat: ResolvedChat): Promise<void>;
  /** Forgets the session's peer of the chat and where `reference` leads, so that both are looked up anew. */
  forget(sessionId: string, reference: string): Promise<void>;
  /**
   * The refusals that stand between these sessions and the user's active groups for this post. `until`: when it is asked
   * again; null: no time is set. `lasting`: whatever is posted, and for good.
   */
  refusals(
    userId: string,
    sessionIds: string[],
    post: Post,
    now: Date,
  ): Promise<Array<{ sessionId: string; groupId: string; until: Date | null; lasting: boolean }>>;
  /** Distinct chats that refused the session with `code` after `since`. */
  countRefusing(sessionId: string, code: string, since: Date): Promise<number>;
  /** Lets the session be tried again wherever it was refused with `code`. */
  reopen(sessionId: string, code: string): Promise<void>;
}
