import { z } from "zod";

/** Offsets ("+02:00") are no zones: they know no summer time, and PostgreSQL reads their sign the other way round. */
const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

const ZONE_RULE = "This is no time zone. One looks like Europe/Kyiv.";

/** The name of a time zone as IANA has it: `Europe/Kyiv`, `UTC`. */
export const TimeZone = z.string().max(64, { error: ZONE_RULE, abort: true }).refine(isTimeZone, ZONE_RULE);

// making a format costs a hundred times what using it does
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  // Stryker disable next-line ConditionalExpression: without what was kept, it only takes longer
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      hourCycle: "h23",
    });
    // Stryker disable next-line CallExpression: the same
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * The day (`2026-05-03`) and the hour (0–23) that it is in a time zone.
 *
 * @throws RangeError when there is no such zone
 */
export function localHour(at: Date, timeZone: string): { day: string; hour: number } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
  return { day, hour: Number(parts.get("hour")) };
}
