/**
 * When each session's lane begins in STARTER: the cycle divided evenly, in seconds from its start (2 sessions and 60
 * minutes: 0 and 1800). May be fractional. No sessions: no offsets.
 */
export function sessionStartOffsets(sessionCount: number, totalCycleMinutes: number): number[] {
  const totalCycleSeconds = totalCycleMinutes * 60;
  return Array.from({ length: sessionCount }, (_, session) => (session * totalCycleSeconds) / sessionCount);
}
