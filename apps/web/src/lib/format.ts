// Times are told by the browser's clock and time zone. The hours of “today” are not: they are the viewer's own (localHour).
const locale = "en-GB";
const number = new Intl.NumberFormat("en-US");
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const clockWithSeconds = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });

/** `1,234` */
export const formatNumber = (value: number): string => number.format(value);

/** `1 post`, `2 posts` */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;

/** `14:02` */
export const formatTime = (at: string | number): string => clock.format(new Date(at));

/** `14:02:11` */
export const formatTimeOfSecond = (at: string | number): string => clockWithSeconds.format(new Date(at));

/** `3 May 2026` */
export const formatDay = (at: string | number): string => dayAndYear.format(new Date(at));

const isToday = (at: string | number, nowMs: number): boolean =>
  new Date(nowMs).toDateString() === new Date(at).toDateString();

/** `14:02` today, else `3 May, 14:02`. */
export const formatWhen = (at: string | number, nowMs: number): string =>
  isToday(at, nowMs) ? formatTime(at) : `${day.format(new Date(at))}, ${formatTime(at)}`;

/** `14:02:11` today, else `3 May, 14:02`. */
export const formatWhenOfSecond = (at: string | number, nowMs: number): string =>
  isToday(at, nowMs) ? formatTimeOfSecond(at) : formatWhen(at, nowMs);

/** `3 May 2026, 14:02`, for one thing looked at closely. */
export const formatMoment = (at: string | number): string => `${formatDay(at)}, ${formatTime(at)}`;

/** A length in seconds, in its two largest units, each on one line with its number: `4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units: Array<[number, string]> = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const first = units.findIndex(([size]) => whole >= size);
  if (first === -1) return "0 s";
  const parts = units.slice(first, first + 2).map(([size, name], index) => {
    const value = Math.floor(index === 0 ? whole / size : (whole % (units[first]?.[0] ?? 1)) / size);
    return value === 0 ? "" : `${value}\u00a0${name}`;
  });
  return parts.filter(Boolean).join(" ");
}
