import { z } from "zod";
import { BotStatusDto, ForecastDto, SlotDto } from "./bot.ts";
import { GroupDto } from "./group.ts";
import { LogEntryDto } from "./log.ts";
import { ViewerDto } from "./user.ts";

/** The deliveries settled on one day by hour (0–23), by what became of them; day and hours are of the viewer's time zone. */
export const TodayDto = z.object({
  /** `2026-05-03`: on another day these are not today's any more */
  day: z.iso.date(),
  hours: z.array(z.object({ hour: z.number(), sent: z.number(), failed: z.number(), skipped: z.number() })),
});
export type TodayDto = z.infer<typeof TodayDto>;

/** Everything a dashboard needs to draw itself, in one answer. `eventId` is where a subscription is to take up. */
export const SyncStateDto = z.object({
  viewer: ViewerDto,
  bot: BotStatusDto,
  groups: z.array(GroupDto),
  slots: z.array(SlotDto),
  forecast: ForecastDto.nullable(),
  log: z.array(LogEntryDto),
  today: TodayDto,
  eventId: z.string(),
  now: z.iso.datetime(),
});
export type SyncStateDto = z.infer<typeof SyncStateDto>;
