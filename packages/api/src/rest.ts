import {
  type BotStatusDto,
  type RestBotStatus,
  type RestError,
  RestStartBody,
  type RestStats,
  type RestSyncState,
  type StatsDto,
} from "@herald/contract";
import { actorOf, HeraldError, type Person } from "@herald/core";
import type { Context } from "./context.ts";
import { statusOf, toErrorDto } from "./errors.ts";

/** One endpoint of the seeds. `handle` gets the parsed JSON body and answers with the response's body. */
export interface RestRoute {
  method: "GET" | "POST";
  path: string;
  /** Refuses who may not ask, before the body is read. */
  admit(ctx: Context): Promise<unknown>;
  handle(ctx: Context, body: unknown): Promise<unknown>;
}

/** Who asks. Everything here concerns their own bot. */
async function signedIn(ctx: Context): Promise<Person> {
  const identity = await ctx.identify();
  if (identity === null)
    throw new HeraldError("unauthenticated", "Send a token or an API key as “Authorization: Bearer …”.");
  return actorOf(identity, "user");
}

const stats = (s: StatsDto): RestStats => ({
  total_posts: s.totalPosts,
  total_success: s.totalSuccess,
  total_failures: s.totalFailures,
  total_flood_waits: s.totalFloodWaits,
  total_messages_sent: s.totalMessagesSent,
  active_sessions: s.activeSessions,
  banned_sessions: s.bannedSessions,
  last_activity: s.lastActivity,
});

const status = (bot: BotStatusDto, groups: Array<{ reference: string }>): RestBotStatus => ({
  bot_status: bot.status,
  stop_reason: bot.stopReason,
  stop_message: bot.stopMessage,
  execution_mode: bot.executionMode,
  total_cycle_minutes: bot.config.totalCycleMinutes,
  assigned_sessions: bot.sessions.filter((s) => s.state !== "banned").map((s) => s.label),
  banned_sessions: bot.sessions.filter((s) => s.state === "banned").map((s) => s.label),
  groups: groups.map((g) => g.reference),
  post_type: bot.config.post?.type ?? null,
  post_content: bot.config.post?.content ?? null,
  messages_sent: bot.stats.totalMessagesSent,
  stats: stats(bot.stats),
});

/** The five endpoints of the seeds, with their paths and spelling. */
export const restRoutes: RestRoute[] = [
  {
    method: "POST",
    path: "/api/bot/start",
    admit: signedIn,
    async handle(ctx, body) {
      const actor = await signedIn(ctx);
      const input = RestStartBody.parse(body);
      const bot = await ctx.services.bots.start(actor, {
        // the seeds' order: the request, else the plan, else enterprise
        executionMode: input?.execution_mode ?? null,
        totalCycleMinutes: input?.total_cycle_minutes,
      });
      return status(bot, await ctx.services.groups.list(actor.id));
    },
  },
  {
    method: "POST",
    path: "/api/bot/stop",
    admit: signedIn,
    async handle(ctx) {
      const actor = await signedIn(ctx);
      return status(await ctx.services.bots.stop(actor, actor.id), await ctx.services.groups.list(actor.id));
    },
  },
  {
    method: "GET",
    path: "/api/bot/status",
    admit: signedIn,
    async handle(ctx) {
      const { id } = await signedIn(ctx);
      return status(await ctx.services.bots.status(id), await ctx.services.groups.list(id));
    },
  },
  {
    method: "GET",
    path: "/api/sync/state",
    admit: signedIn,
    async handle(ctx): Promise<RestSyncState> {
      const { viewer, bot, groups, log } = await ctx.services.sync.state((await signedIn(ctx)).id);
      return {
        user: {
          id: viewer.id,
          email: viewer.email,
          plan_type: viewer.plan?.type ?? null,
          max_sessions: viewer.plan?.maxSessions ?? null,
          max_groups: viewer.plan?.maxGroups ?? null,
          plan_expires_at: viewer.plan?.expiresAt ?? null,
        },
        config: status(bot, groups),
        stats: stats(bot.stats),
        logs: log,
      };
    },
  },
  { method: "GET", path: "/api/health", admit: async () => {}, handle: (ctx) => ctx.services.health() },
];

/** What an error of a REST endpoint is answered with. */
export function restError(error: unknown): { status: number; body: RestError } {
  const dto = toErrorDto(error);
  return {
    status: statusOf(dto),
    body: { detail: dto.message, code: dto.code, ...(dto.field === undefined ? {} : { field: dto.field }) },
  };
}
