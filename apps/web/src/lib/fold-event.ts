import {
  type BotEvent,
  type BotStatusDto,
  type GroupDto,
  type LogEntryDto,
  localHour,
  type SlotDto,
  type SyncStateDto,
  type TodayDto,
} from "@herald/contract";

/** Log lines kept for the live log. */
export const MAX_LOG = 200;

/** Whether nothing more happens to a slot. */
export const isSettled = (slot: SlotDto): boolean =>
  slot.state === "sent" || slot.state === "failed" || slot.state === "skipped";

/**
 * The state after an event. Folding the same event twice changes nothing more, so a stream may repeat itself. `groups` and
 * `pool` only say that something is to be fetched again: see {@link needsRefetch}.
 */
export function foldEvent(state: SyncStateDto, event: BotEvent): SyncStateDto {
  switch (event.type) {
    case "bot":
      return { ...foldStatus(state, event.status), viewer: event.viewer, forecast: event.forecast };
    case "progress": {
      const cycle = event.cycle ?? state.bot.cycle;
      const before = cycle?.id === state.bot.cycle?.id ? state.slots : [];
      const known = new Map(before.map((slot) => [slot.id, slot]));
      const settled = event.slots.filter((slot) => {
        const old = known.get(slot.id);
        return isSettled(slot) && (old === undefined || !isSettled(old));
      });
      return {
        ...state,
        bot: { ...state.bot, cycle, stats: event.stats ?? state.bot.stats },
        slots: merged(known, event.slots),
        groups: countGroups(state.groups, settled),
        today: countToday(state, settled),
        log: mergeLog(state.log, event.log),
      };
    }
    case "groups":
    case "pool":
      return state;
  }
}

/** The state after the bot's status was heard alone, as the answer of a call. */
export function foldStatus(state: SyncStateDto, status: BotStatusDto): SyncStateDto {
  const sameCycle = status.cycle?.id === state.bot.cycle?.id;
  return { ...state, bot: status, slots: sameCycle ? state.slots : [] };
}

/** What the groups' refusals are judged by: the post, and the accounts that are refused it. */
const judgedBy = ({ config, sessions }: BotStatusDto): string =>
  JSON.stringify([config.post, sessions.map(({ id, state }) => [id, state === "banned"])]);

/** Whether a status changes what it does not carry itself: a new cycle's slots, what the groups refuse. */
export const outgrows = ({ bot }: SyncStateDto, status: BotStatusDto): boolean =>
  status.cycle?.id !== bot.cycle?.id || judgedBy(status) !== judgedBy(bot);

/** Whether the event changes what only `sync.state` can tell: the groups, a new cycle's slots, the hours of another time zone. */
export function needsRefetch(state: SyncStateDto, event: BotEvent): boolean {
  switch (event.type) {
    case "bot":
      return outgrows(state, event.status) || event.viewer.timeZone !== state.viewer.timeZone;
    case "groups":
      return true;
    case "progress":
      return event.cycle !== null && event.cycle.id !== state.bot.cycle?.id;
    case "pool":
      return false;
  }
}

function merged(known: Map<string, SlotDto>, changed: SlotDto[]): SlotDto[] {
  // a settled slot never opens again: an older event that comes late must not undo it
  for (const slot of changed) {
    const old = known.get(slot.id);
    if (old === undefined || isSettled(slot) || !isSettled(old)) known.set(slot.id, slot);
  }
  return [...known.values()];
}

function countGroups(groups: GroupDto[], settled: SlotDto[]): GroupDto[] {
  if (settled.length === 0) return groups;
  const byGroup = Map.groupBy(settled, (slot) => slot.groupId);
  return groups.map((group) => {
    const slots = byGroup.get(group.id);
    if (slots === undefined) return group;
    const sent = slots.filter((slot) => slot.state === "sent");
    const times = sent.flatMap((slot) => slot.settledAt ?? []).concat(group.lastSentAt ?? []);
    return {
      ...group,
      sent: group.sent + sent.length,
      failed: group.failed + slots.filter((slot) => slot.state === "failed").length,
      lastSentAt: times.sort().at(-1) ?? null,
    };
  });
}

/** The counts as they are at `now`: of another day than theirs nothing is counted yet. */
export function todayAt(today: TodayDto, timeZone: string, now: number): TodayDto {
  const { day } = localHour(new Date(now), timeZone);
  return day === today.day ? today : { day, hours: [] };
}

/** A slot that was settled on a later day than the counts are of begins the counts of that day. */
function countToday({ today, viewer }: SyncStateDto, settled: SlotDto[]): TodayDto {
  let { day } = today;
  let hours = new Map(today.hours.map((hour) => [hour.hour, { ...hour }]));
  for (const slot of settled) {
    if (slot.settledAt === null) continue;
    const local = localHour(new Date(slot.settledAt), viewer.timeZone);
    if (local.day < day) continue;
    if (local.day > day) {
      day = local.day;
      hours = new Map();
    }
    const { hour } = local;
    const counts = hours.get(hour) ?? { hour, sent: 0, failed: 0, skipped: 0 };
    if (slot.state === "sent" || slot.state === "failed" || slot.state === "skipped") counts[slot.state]++;
    hours.set(hour, counts);
  }
  return { day, hours: [...hours.values()].sort((a, b) => a.hour - b.hour) };
}

const newestFirst = (a: LogEntryDto, b: LogEntryDto) =>
  b.at.localeCompare(a.at) || b.id.localeCompare(a.id, "en", { numeric: true });

function mergeLog(log: LogEntryDto[], added: LogEntryDto[]): LogEntryDto[] {
  if (added.length === 0) return log;
  const byId = new Map([...log, ...added].map((entry) => [entry.id, entry]));
  return [...byId.values()].sort(newestFirst).slice(0, MAX_LOG);
}
