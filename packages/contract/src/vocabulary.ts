// The words of Herald, one a thing. Every other file takes its unions from here.
//
//   user, admin   people with a login; a user is a tenant and sees nothing of another
//   sign-in       a person signed in on the pages with one browser; it can be seen and ended
//   plan          STARTER or ENTERPRISE, with limits and an expiry
//   bot           a posting set-up, one a user for now
//   session       an authorised Telegram account, kept in the pool
//   API pair      api_id + api_hash; holds a limited number of sessions
//   post          what is sent: a link to a channel message (forwarded) or a text
//   group         a target chat of one bot; chat is the same Telegram chat seen across all users
//   cycle         one pass of a bot; lane: one session's sequence in it; slot: one planned (session, group, time)
//   actor         who does something: user, admin, API key or the system; the audit keeps it
//   delivery      the durable record of a slot; outcome: what a send came to
import { z } from "zod";

export const Role = z.enum(["admin", "user"]);
export type Role = z.infer<typeof Role>;

/** What an API key may do. `full`: whatever its owner may. */
export const ApiKeyScope = z.enum(["full"]);
export type ApiKeyScope = z.infer<typeof ApiKeyScope>;

export const PlanType = z.enum(["STARTER", "ENTERPRISE"]);
export type PlanType = z.infer<typeof PlanType>;

export const ExecutionMode = z.enum(["starter", "enterprise"]);
export type ExecutionMode = z.infer<typeof ExecutionMode>;

export const BotStatus = z.enum(["stopped", "running"]);
export type BotStatus = z.infer<typeof BotStatus>;

/** Why a bot stands still. `never_started` is the state of a new bot. */
export const StopReason = z.enum([
  "never_started",
  "user",
  "admin",
  "engine_restart",
  "breaker",
  "config",
  /** Telegram cannot send the post: until it is changed */
  "content",
  "plan_expired",
  "no_sessions",
]);
export type StopReason = z.infer<typeof StopReason>;

/** What a session is, as a person sees it: `resting` is an unused or assigned session that must not be used until a time. */
export const SessionState = z.enum(["unused", "assigned", "banned", "resting"]);
export type SessionState = z.infer<typeof SessionState>;

/** Where a session stands in the pool, as stored: resting is a time on the row, so that a rest ends by itself. */
export const SessionPlace = z.enum(["unused", "assigned", "banned"]);
export type SessionPlace = z.infer<typeof SessionPlace>;

export const GroupState = z.enum(["active", "retired"]);
export type GroupState = z.infer<typeof GroupState>;

/**
 * A cycle runs, or was cut off with deliveries still open (`open`, resumed by the next start), or ended:
 * `finished` when every delivery is settled, `closed` when what was open was given up because the bot had changed.
 */
export const CycleState = z.enum(["running", "open", "finished", "closed"]);
export type CycleState = z.infer<typeof CycleState>;

/**
 * `planned`: never left. `sending`: may have reached Telegram, so it is only ever repeated with the same random_id on the
 * same session. `sent`, `failed` (Telegram said no, with the reason) and `skipped` (never tried, with the reason) are final.
 */
export const DeliveryState = z.enum(["planned", "sending", "sent", "failed", "skipped"]);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** What became of a delivery, or what holds it. The first nine are what a send can come to; the rest are why one was not tried. */
export const OutcomeKind = z.enum([
  "sent",
  "flood_wait",
  "slow_mode",
  "session_limited",
  "session_dead",
  "group_refused",
  "content_refused",
  "config_error",
  "unknown",
  "cooldown",
  "opted_out",
  "group_retired",
  "session_resting",
  "session_lost",
  "source_refused",
  "unreachable",
  "cycle_ended",
  "bot_changed",
]);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

export const LogLevel = z.enum(["info", "warning", "error"]);
export type LogLevel = z.infer<typeof LogLevel>;
