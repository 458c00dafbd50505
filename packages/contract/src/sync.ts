import { z } from "zod";
import { BotStatusDto, ForecastDto, SlotDto } from "./bot.ts";
import { GroupDto } from "./group.ts";
import { LogEntryDto } from "./log.ts";
import { ViewerDto } from "./user.ts";

/** Everything a dashboard needs to draw itself, in one answer. `eventId` is where a subscription is to take up. */
export const SyncStateDto = z.object({
  viewer: ViewerDto,
  bot: BotStatusDto,
  groups: z.array(GroupDto),
  slots: z.array(SlotDto),
  forecast: ForecastDto.nullable(),
  log: z.array(LogEntryDto),
  /** deliveries settled today by hour (0–23, UTC), by what became of them */
  today: z.array(z.object({ hour: z.number(), sent: z.number(), failed: z.number(), skipped: z.number() })),
  eventId: z.string(),
  now: z.iso.datetime(),
});
export type SyncStateDto = z.infer<typeof SyncStateDto>;
