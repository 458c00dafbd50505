// Row → DTO, where more than one view gives the same thing.
import type { BotStatusDto, LogEntryDto, SessionState, SlotDto, StatsDto } from "@herald/contract";
import { rests } from "@herald/core";
import type * as Row from "../generated/client.ts";
import type { Prisma } from "../prisma.ts";
import { toOutcome } from "../rows.ts";
import { messageLink } from "./message-link.ts";

export const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** `resting` is a time on the row, or a rest that an admin must end. */
export function toSessionState(
  row: Pick<Row.Session, "place" | "restingUntil" | "needsAdmin">,
  now: Date,
): SessionState {
  if (row.place === "banned") return "banned";
  return rests(row, now) ? "resting" : row.place;
}

export const toLogEntry = (row: Row.BotLog): LogEntryDto => ({
  id: row.id.toString(),
  at: row.at.toISOString(),
  level: row.level,
  text: row.text,
  code: row.code,
  sessionId: row.sessionId,
  groupId: row.groupId,
});

/** The slots that `where` finds, by time. */
export async function slotsOf(
  prisma: Prisma,
  userId: string,
  where: { cycleId: string } | { id: { in: bigint[] } },
): Promise<SlotDto[]> {
  const rows = await prisma.delivery.findMany({
    where: { ...where, userId },
    orderBy: [{ plannedAt: "asc" }, { id: "asc" }],
  });
  return rows.map((row) => ({
    id: row.id.toString(),
    sessionId: row.sessionId,
    groupId: row.groupId,
    plannedAt: row.plannedAt.toISOString(),
    state: row.state,
    outcome: toOutcome(row.outcome),
    code: row.code,
    settledAt: iso(row.settledAt),
    waitUntil: iso(row.waitUntil),
    groupName: row.groupName,
    sessionName: row.sessionName,
    messageLink: messageLink(row.groupReference, row.chatId, row.messageId),
  }));
}

/** The bot's newest cycle. */
export async function newestCycle(prisma: Prisma, userId: string): Promise<BotStatusDto["cycle"]> {
  const row = await prisma.cycle.findFirst({ where: { userId }, orderBy: { number: "desc" } });
  if (row === null) return null;
  const { planned, sending, sent, failed, skipped } = row;
  const last =
    planned + sending === 0
      ? null
      : await prisma.delivery.findFirst({
          where: { cycleId: row.id, state: { in: ["planned", "sending"] } },
          orderBy: { plannedAt: "desc" },
          select: { plannedAt: true },
        });
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    executionMode: row.executionMode,
    startedAt: row.startedAt.toISOString(),
    endedAt: iso(row.endedAt),
    note: row.note,
    endsAt: iso(last?.plannedAt ?? null),
    counts: { planned, sending, sent, failed, skipped },
  };
}

/** What the counters say; how many sessions there are, the sessions do. */
export async function countersOf(
  prisma: Prisma,
  userId: string,
): Promise<Omit<StatsDto, "activeSessions" | "bannedSessions">> {
  const row = await prisma.stats.findUniqueOrThrow({ where: { userId } });
  const { botId: _, userId: __, lastActivity, ...counters } = row;
  return { ...counters, lastActivity: iso(lastActivity) };
}

export async function statsOf(prisma: Prisma, userId: string): Promise<StatsDto> {
  const [counters, activeSessions, bannedSessions] = await Promise.all([
    countersOf(prisma, userId),
    prisma.session.count({ where: { userId } }),
    prisma.session.count({ where: { diedForUserId: userId } }),
  ]);
  return { ...counters, activeSessions, bannedSessions };
}
