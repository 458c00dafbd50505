import type { OverviewDto } from "@herald/contract";
import { BEING_CHECKED, humanDuration } from "@herald/core";
import type { Prisma } from "../prisma.ts";
import { restsSql } from "../session-predicates.ts";
import { unconfirmedView } from "./unconfirmed.ts";

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** A fault of ours after whose next try so much has passed is over, in milliseconds. */
const FAULT_SHOWN_MS = 10 * 60_000;
/** An account that was lost is told of for this long, in milliseconds. */
const LOSS_SHOWN_MS = 24 * HOUR_MS;
/** No cycle lasts longer (see the contract), so no slot is due later after its cycle's start. */
const LONGEST_CYCLE_DAYS = 8;

/** The admin's first page. `due` and `confirmed` are of the last 24 hours: slots whose time came, and those of them that were sent. */
export async function overview(prisma: Prisma, now: Date): Promise<OverviewDto> {
  const since = new Date(now.getTime() - HOURS * HOUR_MS);
  const counted = countPool(prisma, now);
  const [slots, pool, bots, engines, hours, needsYou] = await Promise.all([
    slotsDue(prisma, since, now),
    counted,
    prisma.bot.groupBy({ by: ["status"], _count: true }),
    prisma.$queryRaw<Array<{ id: string; startedAt: Date; runningCycles: number }>>`
      SELECT e.id, e.started_at AS "startedAt",
        (SELECT count(*)::int FROM cycles c WHERE c.engine_id = e.id) AS "runningCycles"
      FROM herald_engines_alive() e ORDER BY e.id`,
    settledByHour(prisma, since, now),
    findNeeds(prisma, now, counted),
  ]);
  return {
    ...slots,
    pool,
    botsRunning: bots.find((bot) => bot.status === "running")?._count ?? 0,
    bots: bots.reduce((sum, bot) => sum + bot._count, 0),
    engines: engines.map((engine) => ({ ...engine, startedAt: engine.startedAt.toISOString() })),
    needsYou,
    hours,
  };
}

async function slotsDue(prisma: Prisma, since: Date, now: Date): Promise<{ due: number; confirmed: number }> {
  const [row] = await prisma.$queryRaw<[{ due: number; confirmed: number }]>`
    SELECT coalesce(sum(d.due), 0)::int AS due, coalesce(sum(d.confirmed), 0)::int AS confirmed
    FROM cycles c
    CROSS JOIN LATERAL (
      SELECT count(*) AS due, count(*) FILTER (WHERE state = 'sent') AS confirmed FROM deliveries
      WHERE cycle_id = c.id AND planned_at > ${since} AND planned_at <= ${now} AND state <> 'skipped'
    ) d
    WHERE c.started_at > ${since}::timestamptz - ${LONGEST_CYCLE_DAYS} * interval '1 day'`;
  return row;
}

async function countPool(prisma: Prisma, now: Date): Promise<OverviewDto["pool"]> {
  const [row] = await prisma.$queryRaw<[OverviewDto["pool"]]>`
    SELECT count(*) FILTER (WHERE place = 'unused' AND NOT rests)::int AS unused,
      count(*) FILTER (WHERE place = 'assigned' AND NOT rests)::int AS assigned,
      count(*) FILTER (WHERE place <> 'banned' AND rests)::int AS resting,
      count(*) FILTER (WHERE place = 'banned')::int AS banned
    FROM (SELECT place, ${restsSql(now)} AS rests FROM sessions) s`;
  return row;
}

async function settledByHour(prisma: Prisma, since: Date, now: Date): Promise<OverviewDto["hours"]> {
  // by user, because that is what the index knows
  const rows = await prisma.$queryRaw<Array<{ at: Date; sent: number; failed: number; skipped: number }>>`
    SELECT date_trunc('hour', d.settled_at) AS at, count(*) FILTER (WHERE state = 'sent')::int AS sent,
      count(*) FILTER (WHERE state = 'failed')::int AS failed, count(*) FILTER (WHERE state = 'skipped')::int AS skipped
    FROM users u
    CROSS JOIN LATERAL (
      SELECT state, settled_at FROM deliveries
      WHERE user_id = u.id AND settled_at > ${since}::timestamptz AND settled_at <= ${now}::timestamptz) d
    GROUP BY 1`;
  const known = new Map(rows.map((row) => [row.at.getTime(), row]));
  const newest = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, index) => {
    const at = newest - (HOURS - 1 - index) * HOUR_MS;
    const { sent, failed, skipped } = known.get(at) ?? { sent: 0, failed: 0, skipped: 0 };
    return { at: new Date(at).toISOString(), sent, failed, skipped };
  });
}

/** What goes on only when an admin does something. */
async function findNeeds(
  prisma: Prisma,
  now: Date,
  pool: Promise<OverviewDto["pool"]>,
): Promise<OverviewDto["needsYou"]> {
  const [limited, lost, bots, faulty, unconfirmed, { unused }, pairs, seated] = await Promise.all([
    prisma.session.findMany({
      where: { needsAdmin: true, place: { not: "banned" } },
      orderBy: { addedAt: "asc" },
      include: { lease: { select: { expiresAt: true } } },
    }),
    prisma.session.findMany({
      where: {
        place: "banned",
        diedForUserId: { not: null },
        bannedAt: { gt: new Date(now.getTime() - LOSS_SHOWN_MS), lte: now },
      },
      orderBy: { bannedAt: "desc" },
    }),
    prisma.bot.findMany({
      where: { status: "stopped", stopReason: { in: ["breaker", "config"] } },
      include: { user: { select: { email: true } } },
      orderBy: { stoppedAt: "desc" },
    }),
    prisma.bot.findMany({
      where: { status: "running", faults: { gt: 0 }, retryAt: { gt: new Date(now.getTime() - FAULT_SHOWN_MS) } },
      include: { user: { select: { email: true } } },
      orderBy: { retryAt: "desc" },
    }),
    unconfirmedView(prisma).unconfirmed(now),
    pool,
    prisma.apiPair.aggregate({ _sum: { capacity: true } }),
    prisma.session.count({ where: { apiPairId: { not: null } } }),
  ]);
  const needs: OverviewDto["needsYou"] = [];
  for (const { id, label, reason, code, lease } of limited) {
    const isTriedNow = code === BEING_CHECKED && lease?.expiresAt != null && lease.expiresAt > now;
    if (isTriedNow) continue;
    needs.push({ kind: "session", id, message: `${label}: ${reason ?? "Telegram limited this account."}` });
  }
  for (const { id, label, reason } of lost)
    needs.push({ kind: "session", id, message: `${label} was lost: ${reason ?? "Telegram no longer accepts it"}` });
  for (const { userId, user, stopMessage } of bots)
    needs.push({ kind: "bot", id: userId, message: `${user.email}: ${stopMessage ?? "The bot was stopped."}` });
  for (const { userId, user, faults } of faulty)
    needs.push({
      kind: "bot",
      id: userId,
      message: `${user.email}: a fault of Herald's own keeps this bot from posting (${faults} in a row). The engine's log has it; it is tried again.`,
    });
  const explained = new Set(faulty.map(({ userId }) => userId));
  const silent = unconfirmed.filter(({ userId }) => !explained.has(userId));
  const emails = new Map(
    silent.length === 0
      ? []
      : (
          await prisma.user.findMany({
            where: { id: { in: silent.map(({ userId }) => userId) } },
            select: { id: true, email: true },
          })
        ).map(({ id, email }) => [id, email]),
  );
  for (const { userId, since, due } of silent)
    needs.push({
      kind: "bot",
      id: userId,
      message: `${emails.get(userId) ?? "A user"}: posts are due (${due}), and Telegram has confirmed none for ${humanDuration((now.getTime() - Date.parse(since)) / 1000)}. Look at health and at the engine's log.`,
    });
  if (unused === 0)
    needs.push({ kind: "pool", id: "pool", message: "No unused account is left in the pool. Upload sessions." });
  if (seated >= (pairs._sum.capacity ?? 0))
    needs.push({ kind: "api_pair", id: "api_pair", message: "No API pair has a free seat. Add an API pair." });
  return needs;
}
