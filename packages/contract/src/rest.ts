// The bodies of the REST endpoints, in the spelling of the seeds (snake_case). Everything else speaks tRPC.
import { z } from "zod";
import { LogEntryDto } from "./log.ts";
import { freeText } from "./text.ts";
import { BotStatus, ExecutionMode, StopReason } from "./vocabulary.ts";

export const RestStartBody = z
  .object({
    execution_mode: freeText().max(40, "Invalid execution_mode").nullish(),
    total_cycle_minutes: z.number().nullish(),
  })
  .nullish();
export type RestStartBody = z.infer<typeof RestStartBody>;

export const RestStats = z.object({
  total_posts: z.number(),
  total_success: z.number(),
  total_failures: z.number(),
  total_flood_waits: z.number(),
  total_messages_sent: z.number(),
  active_sessions: z.number(),
  banned_sessions: z.number(),
  last_activity: z.iso.datetime().nullable(),
});
export type RestStats = z.infer<typeof RestStats>;

/** The answer to start, stop and status alike. */
export const RestBotStatus = z.object({
  bot_status: BotStatus,
  /** the code, the same as in tRPC */
  stop_reason: StopReason.nullable(),
  /** the reason in words for the user */
  stop_message: z.string().nullable(),
  execution_mode: ExecutionMode,
  total_cycle_minutes: z.number(),
  assigned_sessions: z.array(z.string()),
  banned_sessions: z.array(z.string()),
  groups: z.array(z.string()),
  post_type: z.enum(["link", "text"]).nullable(),
  post_content: z.string().nullable(),
  messages_sent: z.number(),
  stats: RestStats,
});
export type RestBotStatus = z.infer<typeof RestBotStatus>;

export const RestSyncState = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    plan_type: z.enum(["STARTER", "ENTERPRISE"]).nullable(),
    max_sessions: z.number().nullable(),
    max_groups: z.number().nullable(),
    plan_expires_at: z.iso.datetime().nullable(),
  }),
  config: RestBotStatus,
  stats: RestStats,
  logs: z.array(LogEntryDto),
});
export type RestSyncState = z.infer<typeof RestSyncState>;

/** Errors carry the seeds' `detail`, and the code that tRPC and the UI know. */
export const RestError = z.object({ detail: z.string(), code: z.string(), field: z.string().optional() });
export type RestError = z.infer<typeof RestError>;
