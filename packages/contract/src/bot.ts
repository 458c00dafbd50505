import { z } from "zod";
import { Post } from "./post.ts";
import { freeText } from "./text.ts";
import {
  BotStatus,
  CycleState,
  DeliveryState,
  ExecutionMode,
  OutcomeKind,
  type PlanType,
  StopReason,
} from "./vocabulary.ts";

/** What a bot posts in: the mode that its user chose, else the plan's, else enterprise. */
export const modeOf = (
  chosen: ExecutionMode | null | undefined,
  planType: PlanType | null | undefined,
): ExecutionMode => chosen ?? (planType === "STARTER" ? "starter" : "enterprise");

const minutes = z
  .number()
  .int("Give whole minutes.")
  .max(7 * 24 * 60, "A cycle lasts at most 7 days.");

/**
 * Starts posting. `executionMode` absent: what was chosen before, else the plan decides, else enterprise; null: the plan. STARTER needs `totalCycleMinutes` > 0 when it
 * is asked for by name; when the plan decides it is the bot's own setting, else 60. The service checks both, with the codes
 * `invalid_execution_mode` and `total_cycle_minutes_required`: that is why the fields are loose here.
 */
export const BotStartInput = z
  .object({
    executionMode: freeText().max(40, "Invalid execution_mode").nullish(),
    totalCycleMinutes: z.number().nullish(),
  })
  .default({});
export type BotStartInput = z.infer<typeof BotStartInput>;

/** Any subset of the bot's settings; what is absent stays. Times in seconds but `totalCycleMinutes`. */
export const BotConfigureInput = z
  .object({
    post: Post.nullable(),
    /** null: the plan decides */
    executionMode: ExecutionMode.nullable(),
    totalCycleMinutes: minutes.positive("Starter mode requires total_cycle_minutes > 0"),
    delayBetweenPosts: z.number().int("Give whole seconds.").min(0).max(3600, "At most an hour between posts."),
    delayBetweenCycles: z
      .number()
      .int("Give whole seconds.")
      .min(1)
      .max(7 * 24 * 3600, "At most 7 days between cycles."),
    sessionCount: z.number().int().min(1, "At least one account.").max(500).nullable(),
  })
  .partial();
export type BotConfigureInput = z.infer<typeof BotConfigureInput>;

export const BotConfigDto = z.object({
  post: Post.nullable(),
  /** what the user chose; null: the plan decides */
  executionMode: ExecutionMode.nullable(),
  totalCycleMinutes: z.number(),
  delayBetweenPosts: z.number(),
  delayBetweenCycles: z.number(),
  /** how many sessions the bot wants, within the plan's maxSessions; null: as many as the plan allows */
  sessionCount: z.number().nullable(),
});
export type BotConfigDto = z.infer<typeof BotConfigDto>;

/** Counters since the bot was made, the names of the seeds' stats.json. */
export const StatsDto = z.object({
  totalPosts: z.number(),
  totalSuccess: z.number(),
  totalFailures: z.number(),
  totalFloodWaits: z.number(),
  totalMessagesSent: z.number(),
  activeSessions: z.number(),
  bannedSessions: z.number(),
  lastActivity: z.iso.datetime().nullable(),
});
export type StatsDto = z.infer<typeof StatsDto>;

/** One slot on the timeline. Times are ISO; `code` is Telegram's own word, shown behind a disclosure only. */
export const SlotDto = z.object({
  id: z.string(),
  sessionId: z.string(),
  groupId: z.string(),
  plannedAt: z.iso.datetime(),
  state: DeliveryState,
  outcome: OutcomeKind.nullable(),
  code: z.string().nullable(),
  settledAt: z.iso.datetime().nullable(),
  /** until when the slot is held, when something holds it */
  waitUntil: z.iso.datetime().nullable(),
  /** what group and account were called when it was planned, for when they are gone; null: nobody knows any more */
  groupName: z.string().nullable(),
  sessionName: z.string().nullable(),
  /** a t.me link to the message, once Telegram gave its id */
  messageLink: z.string().nullable(),
});
export type SlotDto = z.infer<typeof SlotDto>;

export const CycleCountsDto = z.object({
  planned: z.number(),
  sending: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
});
export type CycleCountsDto = z.infer<typeof CycleCountsDto>;

export const CycleDto = z.object({
  id: z.string(),
  number: z.number(),
  state: CycleState,
  executionMode: ExecutionMode,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** why it posted nothing, in words; null when it did, or has not ended */
  note: z.string().nullable(),
  /** when the last open slot is planned */
  endsAt: z.iso.datetime().nullable(),
  counts: CycleCountsDto,
});
export type CycleDto = z.infer<typeof CycleDto>;

/** What the bot's settings come to with these groups and sessions. Offsets and lengths in seconds from the start. */
export const ForecastDto = z.object({
  feasible: z.boolean(),
  /** why not, for the person; null when feasible */
  problem: z.string().nullable(),
  /** the smallest `totalCycleMinutes` that fits, STARTER only */
  smallestTotalCycleMinutes: z.number().nullable(),
  executionMode: ExecutionMode,
  sessions: z.number(),
  groups: z.number(),
  posts: z.number(),
  postsPerGroup: z.number(),
  firstPostAt: z.number(),
  lastPostAt: z.number(),
  length: z.number(),
  /** start to start */
  repeatsEvery: z.number(),
  lanes: z.array(z.object({ startOffset: z.number(), posts: z.number(), length: z.number() })),
});
export type ForecastDto = z.infer<typeof ForecastDto>;

/** What would hinder a start, each with the place where it is mended. */
export const HindranceDto = z.object({
  code: z.enum([
    "no_post",
    "no_groups",
    "no_sessions",
    "no_api_pair",
    "infeasible_cycle",
    "cooldown_too_long",
    "plan_missing",
    "plan_expired",
    "plan_limit_groups",
    "breaker_tripped",
    "content_refused",
  ]),
  message: z.string(),
  mend: z.enum(["post", "groups", "settings", "admin"]),
});
export type HindranceDto = z.infer<typeof HindranceDto>;

/** A session as its user sees it: no phone, no Telegram id. */
export const BotSessionDto = z.object({
  id: z.string(),
  label: z.string(),
  state: z.enum(["assigned", "resting", "banned"]),
  restingUntil: z.iso.datetime().nullable(),
  /** why it rests or died, in plain words */
  reason: z.string().nullable(),
});
export type BotSessionDto = z.infer<typeof BotSessionDto>;

export const BotStatusDto = z.object({
  status: BotStatus,
  stopReason: StopReason.nullable(),
  /** the stop reason in words a user understands */
  stopMessage: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  stoppedAt: z.iso.datetime().nullable(),
  /** when the next cycle starts; null while one runs or the bot is stopped */
  nextCycleAt: z.iso.datetime().nullable(),
  config: BotConfigDto,
  /** what it posts in: the mode that was chosen, else the plan's */
  executionMode: ExecutionMode,
  sessions: z.array(BotSessionDto),
  groupCount: z.number(),
  retiredGroupCount: z.number(),
  cycle: CycleDto.nullable(),
  stats: StatsDto,
  hindrances: z.array(HindranceDto),
});
export type BotStatusDto = z.infer<typeof BotStatusDto>;

/** Posts are due, and for more than a minute none was confirmed. */
export const UnconfirmedDto = z.object({
  since: z.iso.datetime(),
  /** posts that are due now */
  due: z.number(),
});
export type UnconfirmedDto = z.infer<typeof UnconfirmedDto>;
