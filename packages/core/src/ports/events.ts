import type { BotEvent, Role } from "@herald/contract";

/** What happened, as dashboards hear it, whichever engine it happened in. */
export interface Events {
  /** Calls `listener` for every change of a bot, in whichever engine it happened. Returns what ends it. */
  onBotChanged(listener: (userId: string) => void): () => void;
  /** The newest event id there is, for {@link SyncStateDto.eventId}. */
  newest(): Promise<string>;
  /**
   * Subscribes, sends what came after `since` (when given), then streams until `signal` aborts. Nothing is missed between
   * the two; the same change can come twice. Admins also hear `pool`.
   */
  subscribe(
    listener: { userId: string; role: Role },
    since: string | null,
    signal: AbortSignal,
  ): AsyncIterable<{ id: string; event: BotEvent }>;
}
