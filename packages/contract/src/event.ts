import { z } from "zod";
import { BotStatusDto, CycleDto, ForecastDto, SlotDto, StatsDto } from "./bot.ts";
import { LogEntryDto } from "./log.ts";
import { ViewerDto } from "./user.ts";

/** A bot as a whole, but for its slots, groups and log: see {@link SyncStateDto}. */
export const BotStateDto = z.object({ viewer: ViewerDto, status: BotStatusDto, forecast: ForecastDto.nullable() });
export type BotStateDto = z.infer<typeof BotStateDto>;

/**
 * What a dashboard hears. `progress` carries everything one ledger flush changed for the user, so that a burst of posts is
 * one event; `bot` is sent when something other than progress changed and carries all that may have; `groups` and `pool`
 * only say that a list is to be fetched again.
 */
export const BotEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("bot"), ...BotStateDto.shape }),
  z.object({
    type: z.literal("progress"),
    cycle: CycleDto.nullable(),
    slots: z.array(SlotDto),
    stats: StatsDto.nullable(),
    log: z.array(LogEntryDto),
  }),
  z.object({ type: z.literal("groups") }),
  z.object({ type: z.literal("pool") }),
]);
export type BotEvent = z.infer<typeof BotEvent>;
