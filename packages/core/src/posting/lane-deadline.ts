import type { Cycle, Delivery } from "../model/domain.ts";

/** A lane goes on waiting this long past its last planned slot; what a longer wait holds is left to the next cycle. Milliseconds. */
const LANE_OVERTIME_MS = 10 * 60_000;

/**
 * When a lane gives up waiting and leaves what is left to the next cycle. STARTER repeats start to start, so its overtime ends
 * where the next cycle begins; a cycle that was cut off and is resumed when its time has passed keeps the whole.
 */
export function laneDeadline(
  { startedAt, totalCycleMinutes }: Pick<Cycle, "startedAt" | "totalCycleMinutes">,
  deliveries: ReadonlyArray<Pick<Delivery, "plannedAt">>,
  now: Date,
): Date {
  const last = Math.max(now.getTime(), ...deliveries.map(({ plannedAt }) => plannedAt.getTime()));
  const overtimeEnds = last + LANE_OVERTIME_MS;
  if (totalCycleMinutes === null) return new Date(overtimeEnds);
  const nextCycleAt = startedAt.getTime() + totalCycleMinutes * 60_000;
  return new Date(nextCycleAt > last ? Math.min(overtimeEnds, nextCycleAt) : overtimeEnds);
}
