// What a call to Telegram came to, as a closed union: the gateway returns one, nothing expected is thrown, and decide()
// turns it into what happens next. `code` is Telegram's own name for it ("FLOOD_WAIT_240"), for logs and disclosures.

/**
 * When a refusal may end. `never`: its cause lasts. `daily`: it can pass (night mode, a ban that an admin lifts, membership).
 * `post_changes`: another post may be allowed there. `at`: Telegram said until when (a mute's until_date).
 */
export type RefusalEnd = { kind: "never" } | { kind: "daily" } | { kind: "post_changes" } | { kind: "at"; at: Date };

/** Why a call did not do what was asked. Times in seconds. */
export type Refusal =
  /**
   * FLOOD_WAIT_X and its kin. `any`: the whole session rests for `seconds`. `lookup`: a search for a chat said it, so only
   * such searches wait, and posts to chats that are known go on.
   */
  | { kind: "flood_wait"; seconds: number; method: "any" | "lookup"; code: string }
  /** SLOWMODE_WAIT_X: this session may post to this group again after `seconds`; its other groups go on. */
  | { kind: "slow_mode"; seconds: number; code: string }
  /** PEER_FLOOD, frozen, a human check, moved to another data centre: the session rests until an admin has looked at it. */
  | { kind: "session_limited"; code: string }
  /** The key is worth nothing any more. `spam`: Telegram took the account for its behaviour (it counts for the breaker). */
  | { kind: "session_dead"; cause: "spam" | "lost"; code: string }
  /**
   * The group said no. `pair`: to this session; `group`: to every session alike, and for good. `suspect`: the same code in
   * several distinct groups means that the account is limited and not the groups (USER_BANNED_IN_CHANNEL). `stalePeer`: the
   * peer that was used may be out of date, so it is worth nothing before the chat was resolved afresh.
   */
  | {
      kind: "group_refused";
      scope: "pair" | "group";
      suspect: boolean;
      ends: RefusalEnd;
      stalePeer: boolean;
      code: string;
    }
  /** The post cannot be sent like this, to any group. */
  | { kind: "content_refused"; code: string }
  /** RANDOM_ID_DUPLICATE on a first try: another message has this random_id, and nothing was sent. Draw another. */
  | { kind: "random_id_taken"; code: string }
  /** Our set-up (API pair, DC, layer) or our request is wrong: no session of this pair will do better. */
  | { kind: "config_error"; code: string }
  /** No answer, or one that leaves open whether it was done: ask again with the same random_id on the same session. */
  | { kind: "unknown"; code: string };

/**
 * What a send came to. `messageId` is the number Telegram gave the message in the target chat; null when Telegram says that
 * the post stands, and the message could not be found. `source`: this is said of the chat that is forwarded from, and
 * nothing of the target.
 */
export type Outcome = { kind: "sent"; messageId: number | null } | (LastRefusal & { source?: true });

/** `unanswered`: the same call asked before, on a connection that was lost, and that may have been executed. */
export type LastRefusal = Refusal & { unanswered?: true };

/** An input peer as Telegram wants it: opaque to the domain, kept per session because access hashes are. Ids are decimal strings. */
export interface Peer {
  type: "channel" | "chat" | "user";
  id: string;
  accessHash: string | null;
}

/**
 * A chat as a session sees it. `chatId` is the marked id ("-100…" supergroup or channel, "-…" basic group). `migratedFrom` is
 * the marked id of the basic group that has become it; null for none.
 */
export interface ResolvedChat {
  peer: Peer;
  chatId: string;
  title: string;
  kind: "supergroup" | "basic_group" | "channel";
  username: string | null;
  /** whether it has topics */
  forum: boolean;
  /** whether the session is in it: a public one is found also by who is not */
  membership: "member" | "left";
  migratedFrom: string | null;
}

export type Resolution = { kind: "resolved"; chat: ResolvedChat } | Refusal;

/** The account behind a session. `phone` in full: it must not leave the engine. */
export interface Account {
  userId: string;
  username: string | null;
  firstName: string | null;
  phone: string | null;
}
