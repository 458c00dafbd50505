const UNITS = [
  { name: "days", one: "day", seconds: 86_400 },
  { name: "h", one: "h", seconds: 3600 },
  { name: "min", one: "min", seconds: 60 },
  { name: "s", one: "s", seconds: 1 },
];

/**
 * A length of time for people: its two largest units ("45 s", "4 min", "1 h 30 min", "2 days 3 h"), rounded up, so that
 * nobody is told to come back too early. Intl.DurationFormat writes "4 min, 5 sec" and is missing before Node 23.
 * @param seconds 0 or more
 */
export function humanDuration(seconds: number): string {
  const largest = UNITS.findIndex((unit) => seconds >= unit.seconds);
  if (largest === -1) return seconds > 0 ? "1 s" : "0 s";
  const smallest = UNITS[largest + 1]?.seconds ?? 1;
  let rest = Math.ceil(seconds / smallest) * smallest;
  const parts: string[] = [];
  for (const unit of UNITS) {
    const count = Math.floor(rest / unit.seconds);
    rest -= count * unit.seconds;
    if (count > 0) parts.push(`${count} ${count === 1 ? unit.one : unit.name}`);
  }
  return parts.join(" ");
}

/** How long it is from `now` to `then`, as {@link humanDuration} says it; 0 s when it is over. */
export const timeUntil = (then: Date, now: Date): string =>
  humanDuration(Math.max(0, then.getTime() - now.getTime()) / 1000);
