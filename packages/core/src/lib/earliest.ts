/** The first of the instants; null when there is none. However many: `Math.min(...)` throws from about 125,000 on. */
export function earliest(instants: Iterable<Date>): Date | null {
  let first: Date | null = null;
  for (const instant of instants) if (first === null || instant < first) first = instant;
  return first;
}
