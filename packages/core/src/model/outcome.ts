// What a call to Telegram came to, as a closed union: the gateway returns one, nothing expected is thrown, and decide()
// turns it into what happens next. `code` is Telegram's own name for it ("FLOOD_WAIT_240"), for logs and disclosures.

/** Why a call did not do what was asked. Times in seconds. */
export type Refusal =
  /** FLOOD_WAIT_X and its kin: the whole session rests for `seconds`. */
  | { kind: "flood_wait"; seconds: number; code: string }
  /** SLOWMODE_WAIT_X: this session may post to this group again after `seconds`; its other groups go on. */
  | { kind: "slow_mode"; seconds: number; code: string }
  /** PEER_FLOOD, frozen, a human check, moved to another data centre: the session rests until an admin has looked at it. */
  | { kind: "session_limited"; code: string }
  /** The key is worth nothing any more. `spam`: Telegram took the account for its behaviour (it counts for the breaker). */
  | { kind: "session_dead"; cause: "spam" | "lost"; code: string }
  /**
   * The group said no. `pair`: to this session; `group`: to every session alike. `suspect`: the same code in several distinct
   * groups means that the account is limited and not the groups (USER_BANNED_IN_CHANNEL).
   */
  | { kind: "group_refused"; scope: "pair" | "group"; suspect: boolean; code: string }
  /** The post cannot be sent like this, to any group. */
  | { kind: "content_refused"; code: string }
  /** Our set-up (API pair, DC, layer) or our request is wrong: no session of this pair will do better. */
  | { kind: "config_error"; code: string }
  /** No answer, or one that leaves open whether it was done: ask again with the same random_id on the same session. */
  | { kind: "unknown"; code: string };

/**
 * What a send came to. `messageId` is the number Telegram gave the message in the target chat. `source`: this
 * is said of the chat that is forwarded from, and nothing of the target.
 */
export type Outcome = { kind: "sent"; messageId: number } | (LastRefusal & { source?: true });

/** `unanswered`: the same call asked before, on a connection that was lost, and that may have been executed. */
export type LastRefusal = Refusal & { unanswered?: true };

/** An input peer as Telegram wants it: opaque to the domain, kept per session because access hashes are. Ids are decimal strings. */
export interface Peer {
  type: "channel" | "chat" | "user";
  id: string;
  accessHash: string | null;
}

/** A chat as a session sees it. `chatId` is the marked id ("-100…" supergroup or channel, "-…" basic group). */
export interface ResolvedChat {
  peer: Peer;
  chatId: string;
  title: string;
  kind: "supergroup" | "basic_group" | "channel";
  username: string | null;
}

export type Resolution = { kind: "resolved"; chat: ResolvedChat } | Refusal;

/** The account behind a session. `phone` in full: it must not leave the engine. */
export interface Account {
  userId: string;
  username: string | null;
  firstName: string | null;
  phone: string | null;
}
