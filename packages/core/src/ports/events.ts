import type { Role } from "@herald/contract";

/** What changed for a listener: which rows, never their content. */
export interface Change {
  /** what was written of deliveries and log lines; `all` where it is not known which deliveries; null: nothing */
  progress: { deliveryIds: string[] | "all"; logIds: string[] } | null;
  bot: boolean;
  groups: boolean;
  pool: boolean;
}

/** Changes that came together. Everyone who hears of them gets the same object. */
export interface Told {
  change: Change;
  /** the event that came before them */
  before: string;
  /** the last of theirs: who has heard all of them takes up from it */
  id: string;
}

export interface Listener {
  userId: string;
  role: Role;
}

/** What happened, in whichever engine it happened. */
export interface Events {
  /** Calls `listener` for every change of a bot, in whichever engine it happened. Returns what ends it. */
  onBotChanged(listener: (userId: string) => void): () => void;
  /** The newest event id there is, for {@link SyncStateDto.eventId}. */
  newest(): Promise<string>;
  /**
   * Subscribes, tells what came after `since` (when given; everything when that is not kept any more), then goes on until
   * `signal` aborts. Nothing is missed between the two; the same change can come twice. Admins also hear `pool`.
   */
  subscribe(listener: Listener, since: string | null, signal: AbortSignal): AsyncIterable<Told>;
}
