import type { SessionState } from "@herald/contract";
import { MarkWord } from "@/components/ui/mark";
import type { Look } from "@/lib/outcome";

export const sessionWord: Record<SessionState, string> = {
  unused: "Ready",
  assigned: "In use",
  resting: "Resting",
  banned: "Banned",
};

export const sessionLook: Record<SessionState, Look> = {
  unused: "planned",
  assigned: "sent",
  resting: "waiting",
  banned: "lost",
};

/** The shape and the word of where a session stands. */
export function SessionStateMark({ state }: { state: SessionState }) {
  return <MarkWord look={sessionLook[state]} word={sessionWord[state]} />;
}
