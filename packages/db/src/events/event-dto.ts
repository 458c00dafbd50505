import type { BotEvent, BotStatusDto } from "@herald/contract";
import type { Prisma } from "../prisma.ts";
import { newestCycle, slotsOf, statsOf, toLogEntry } from "../views/dto.ts";
import type { Audience, EventRow } from "./event-row.ts";

/** With more slots changed than this, all of them are read instead. */
const MOST_SLOTS = 2_000;
/** Newest lines of the log that one event carries. */
const MOST_LINES = 200;

export interface EventSources {
  prisma: Prisma;
  /** the whole status of a bot, hindrances included: the services' to say */
  statusOf: (userId: string) => Promise<BotStatusDto>;
}

/** A burst of events, folded into the few that say the same. */
export async function foldEvents(sources: EventSources, userId: string, rows: EventRow[]): Promise<BotEvent[]> {
  const types = new Set(rows.map((row) => row.type));
  const events: BotEvent[] = [];
  if (types.has("progress")) {
    const deliveries = [...new Set(rows.flatMap((row) => row.deliveryIds))];
    events.push(
      await progress(
        sources.prisma,
        userId,
        deliveries.length > MOST_SLOTS ? "all" : deliveries,
        rows.flatMap((row) => row.logIds),
      ),
    );
  }
  if (types.has("bot")) events.push({ type: "bot", status: await sources.statusOf(userId) });
  if (types.has("groups")) events.push({ type: "groups" });
  if (types.has("pool")) events.push({ type: "pool" });
  return events;
}

/** Everything as it stands: for who has missed too much to be told what changed. */
export async function freshEvents(sources: EventSources, { userId, admin }: Audience): Promise<BotEvent[]> {
  return [
    await progress(sources.prisma, userId, "all", []),
    { type: "bot", status: await sources.statusOf(userId) },
    { type: "groups" },
    ...(admin ? [{ type: "pool" } as const] : []),
  ];
}

async function progress(
  prisma: Prisma,
  userId: string,
  deliveryIds: string[] | "all",
  logIds: string[],
): Promise<BotEvent> {
  const cycle = await newestCycle(prisma, userId);
  const slots =
    deliveryIds === "all"
      ? cycle === null
        ? []
        : slotsOf(prisma, userId, { cycleId: cycle.id })
      : deliveryIds.length === 0
        ? []
        : slotsOf(prisma, userId, { id: { in: deliveryIds.map(BigInt) } });
  const lines =
    logIds.length === 0
      ? []
      : prisma.botLog.findMany({
          where: { userId, id: { in: logIds.slice(-MOST_LINES).map(BigInt) } },
          orderBy: { id: "desc" },
        });
  return {
    type: "progress",
    cycle,
    slots: await slots,
    stats: await statsOf(prisma, userId),
    log: (await lines).map(toLogEntry),
  };
}
