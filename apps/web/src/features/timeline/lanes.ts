import type { BotConfigDto, BotSessionDto, ForecastDto, SlotDto, SyncStateDto } from "@herald/contract";
import { sessionName } from "@/lib/names";
import { type Look, lookOf } from "@/lib/outcome";

/** One mark of a lane. `at` in milliseconds; `slot` is absent in a forecast. */
export interface LaneSlot {
  id: string;
  at: number;
  look: Look;
  slot: SlotDto | null;
}

/** A time in which the lane holds still. */
export interface LaneWait {
  from: number;
  to: number;
  text: string;
}

/** One account's sequence, in the order of time. */
export interface Lane {
  id: string;
  label: string;
  slots: LaneSlot[];
  waits: LaneWait[];
}

const atOf = (slot: SlotDto): number => {
  const planned = Date.parse(slot.plannedAt);
  if (slot.settledAt !== null) return Date.parse(slot.settledAt);
  return slot.waitUntil === null ? planned : Math.max(planned, Date.parse(slot.waitUntil));
};

const waitText = (slot: SlotDto): string => {
  switch (slot.outcome) {
    case "flood_wait":
      return "Telegram asked it to pause";
    case "slow_mode":
      return "slow mode of a group";
    case "cooldown":
      return "distance to another post";
    default:
      return "resting";
  }
};

/** Waits that overlap are one; the earlier one's words stand. */
function joined(waits: LaneWait[]): LaneWait[] {
  const result: LaneWait[] = [];
  for (const wait of waits.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && wait.from <= last.to) last.to = Math.max(last.to, wait.to);
    else result.push({ ...wait });
  }
  return result;
}

function waitsOf(slots: SlotDto[], session: BotSessionDto | undefined, now: number): LaneWait[] {
  const waits = slots.flatMap((slot) =>
    slot.waitUntil === null || slot.settledAt !== null
      ? []
      : [{ from: Math.min(Date.parse(slot.plannedAt), now), to: Date.parse(slot.waitUntil), text: waitText(slot) }],
  );
  if (session?.restingUntil != null && Date.parse(session.restingUntil) > now)
    waits.push({ from: now, to: Date.parse(session.restingUntil), text: session.reason ?? "resting" });
  // a lane that posted did not hold still until then, however long ago the slot that waits was planned
  const posted = slots.reduce(
    (last, { settledAt }) => (settledAt === null ? last : Math.max(last, Date.parse(settledAt))),
    Number.NEGATIVE_INFINITY,
  );
  const since = waits.map((wait) => ({ ...wait, from: Math.max(wait.from, posted) }));
  return joined(since.filter(({ from, to }) => to > from));
}

/** This cycle as it went and is planned, a lane an account, in the order in which they begin. */
export function cycleLanes(state: SyncStateDto, now: number): Lane[] {
  const bySession = Map.groupBy(state.slots, (slot) => slot.sessionId);
  return [...bySession]
    .map(([id, slots]) => ({
      id,
      label: sessionName(state.bot.sessions, id, slots[0]?.sessionName ?? null),
      slots: slots
        .map((slot) => ({ id: slot.id, at: atOf(slot), look: lookOf(slot), slot }))
        .sort((a, b) => a.at - b.at),
      waits: waitsOf(
        slots,
        state.bot.sessions.find((session) => session.id === id),
        now,
      ),
    }))
    .sort((a, b) => (a.slots[0]?.at ?? 0) - (b.slots[0]?.at ?? 0) || a.label.localeCompare(b.label));
}

/** A cycle that would start at `start` (milliseconds), from its forecast. */
export function forecastLanes(
  forecast: ForecastDto,
  sessions: BotSessionDto[],
  { delayBetweenPosts }: Pick<BotConfigDto, "delayBetweenPosts">,
  start: number,
): Lane[] {
  const usable = sessions.filter((session) => session.state !== "banned");
  return forecast.lanes.map((lane, index) => ({
    id: `forecast-${index}`,
    label: usable[index]?.label ?? `Account ${index + 1}`,
    slots: Array.from({ length: lane.posts }, (_, post) => ({
      id: `forecast-${index}-${post}`,
      at: start + 1000 * (lane.startOffset + post * delayBetweenPosts),
      look: "planned" as const,
      slot: null,
    })),
    waits: [],
  }));
}
