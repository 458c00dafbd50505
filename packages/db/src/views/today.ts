import { localHour, type TodayDto } from "@herald/contract";
import type { Prisma } from "../prisma.ts";

/** No hour of any time zone begins or ends within a quarter of one. */
const QUARTER_SECONDS = 15 * 60;
/** The day on which summer time ends has 25 hours. */
const LONGEST_DAY_MS = 25 * 3_600_000;

/**
 * What was settled on the user's day of `now`, by the hours of their time zone. PostgreSQL counts by quarters, and which hour
 * of which day a quarter is in is said by the same function that the pages use.
 */
export async function today(
  prisma: Prisma,
  { id: userId, timeZone }: { id: string; timeZone: string },
  now: Date,
): Promise<TodayDto> {
  const since = new Date(now.getTime() - LONGEST_DAY_MS);
  const quarters = await prisma.$queryRaw<Array<{ quarter: number; sent: number; failed: number; skipped: number }>>`
    SELECT floor(extract(epoch FROM settled_at) / ${QUARTER_SECONDS}::int)::int AS quarter,
      count(*) FILTER (WHERE state = 'sent')::int AS sent,
      count(*) FILTER (WHERE state = 'failed')::int AS failed,
      count(*) FILTER (WHERE state = 'skipped')::int AS skipped
    FROM deliveries
    WHERE user_id = ${userId}::uuid AND settled_at > ${since}::timestamptz
    GROUP BY 1 ORDER BY 1`;
  const { day } = localHour(now, timeZone);
  const hours = new Map<number, TodayDto["hours"][number]>();
  for (const { quarter, sent, failed, skipped } of quarters) {
    const local = localHour(new Date(quarter * QUARTER_SECONDS * 1000), timeZone);
    if (local.day !== day) continue;
    const counts = hours.get(local.hour) ?? { hour: local.hour, sent: 0, failed: 0, skipped: 0 };
    counts.sent += sent;
    counts.failed += failed;
    counts.skipped += skipped;
    hours.set(local.hour, counts);
  }
  return { day, hours: [...hours.values()].sort((a, b) => a.hour - b.hour) };
}
