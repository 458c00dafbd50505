import {
  type BotStatusDto,
  type RestBotStatus,
  type RestError,
  RestStartBody,
  type RestStats,
  type RestSyncState,
  SessionUploadQuery,
  type StatsDto,
} from "@herald/contract";
import { actorOf, HeraldError, type Identity, type Person } from "@herald/core";
import { type ZodType, z } from "zod";
import type { Context } from "./context.ts";
import { statusOf, toErrorDto } from "./errors.ts";

/** One endpoint. `handle` answers with the response's body. */
export interface RestRoute {
  method: "GET" | "POST";
  path: string;
  /** what its body is: JSON, parsed, if there is any; or a file, as bytes */
  body: "json" | "file";
  /** what of it is read, and by what it is parsed; absent: nothing */
  input?: { body?: ZodType; query?: ZodType };
  /** Refuses who may not ask, before the body is read. */
  admit(ctx: Context): Promise<unknown>;
  /** @param query the parameters of the address */
  handle(ctx: Context, body: unknown, query: unknown): Promise<unknown>;
}

async function identified(ctx: Context): Promise<Identity> {
  const identity = await ctx.identify();
  if (identity === null)
    throw new HeraldError("unauthenticated", "Send a token or an API key as “Authorization: Bearer …”.");
  return identity;
}

/** Who asks, about their own bot. */
const signedIn = async (ctx: Context): Promise<Person> => actorOf(await identified(ctx), "user");

/** Who asks, about the pool. */
async function signedInAsAdmin(ctx: Context): Promise<Person> {
  const identity = await identified(ctx);
  if (identity.user.role !== "admin") throw new HeraldError("forbidden", "Only an admin may do this.");
  return actorOf(identity, "admin");
}

/** A body that is empty is an empty file. */
const FileContent = z.instanceof(Uint8Array).default(() => new Uint8Array());

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

/** The five endpoints of the seeds, with their paths and spelling, and the upload, whose body is too large for tRPC. */
export const restRoutes: RestRoute[] = [
  {
    method: "POST",
    path: "/api/bot/start",
    body: "json",
    input: { body: RestStartBody },
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
    body: "json",
    admit: signedIn,
    async handle(ctx) {
      const actor = await signedIn(ctx);
      return status(await ctx.services.bots.stop(actor, actor.id), await ctx.services.groups.list(actor.id));
    },
  },
  {
    method: "GET",
    path: "/api/bot/status",
    body: "json",
    admit: signedIn,
    async handle(ctx) {
      const { id } = await signedIn(ctx);
      return status(await ctx.services.bots.status(id), await ctx.services.groups.list(id));
    },
  },
  {
    method: "GET",
    path: "/api/sync/state",
    body: "json",
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
  {
    method: "POST",
    path: "/api/sessions/upload",
    body: "file",
    input: { query: SessionUploadQuery },
    admit: signedInAsAdmin,
    async handle(ctx, content, query) {
      const actor = await signedInAsAdmin(ctx);
      const { name } = SessionUploadQuery.parse(query);
      return ctx.services.sessions.upload(actor, { name, content: FileContent.parse(content) });
    },
  },
  { method: "GET", path: "/api/health", body: "json", admit: async () => {}, handle: (ctx) => ctx.services.health() },
];

/** What an error of a REST endpoint is answered with. */
export function restError(error: unknown): { status: number; body: RestError } {
  const dto = toErrorDto(error);
  return {
    status: statusOf(dto),
    body: { detail: dto.message, code: dto.code, ...(dto.field === undefined ? {} : { field: dto.field }) },
  };
}
