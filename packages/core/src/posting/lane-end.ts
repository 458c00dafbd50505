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

/** As what the rest of a lane that ended so is left out of the cycle; null where it stays open. */
export function givenUpBy(
  end: LaneEnd,
): Extract<LaneEnd, "session_lost" | "session_resting" | "source_refused" | "unreachable" | "cycle_ended"> | null {
  switch (end) {
    case "session_lost":
    case "session_resting":
    case "source_refused":
    case "unreachable":
    case "cycle_ended":
      return end;
    case "finished":
    case "aborted":
    case "lost":
    case "bot_stopped":
      return null;
  }
}
