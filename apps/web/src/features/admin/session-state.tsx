import type { SessionState } from "@herald/contract";
import { Mark } from "@/components/ui/mark";
import type { Look } from "@/lib/outcome";

export const sessionWord: Record<SessionState, string> = {
  unused: "Ready",
  assigned: "In use",
  resting: "Resting",
  banned: "Banned",
};

const look: Record<SessionState, Look> = { unused: "planned", assigned: "sent", resting: "waiting", banned: "lost" };

/** The shape and the word of where a session stands. */
export function SessionStateMark({ state }: { state: SessionState }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Mark look={look[state]} />
      {sessionWord[state]}
    </span>
  );
}
