/** Why a lane stopped before it was through. `bot_stopped` and `lost` concern all lanes of the cycle, the rest only this one. */
export type LaneEnd =
  | "finished"
  | "aborted"
  /** the cycle is another engine's now */
  | "lost"
  | "bot_stopped"
  | "session_lost"
  | "session_resting"
  /** the chat that the post stands in refuses the account */
  | "source_refused"
  /** Telegram did not let the account in, in the cycle's time */
  | "unreachable"
  | "cycle_ended";
