import { z } from "zod";

/** Plain enough for an operator at three in the morning: which part, since when, what it means. */
export const HealthDto = z.object({
  status: z.enum(["ok", "degraded", "stopping"]),
  engineId: z.string(),
  uptimeSeconds: z.number(),
  scheduler: z.object({
    status: z.enum(["running", "stopped"]),
    runningCycles: z.number(),
    connectedSessions: z.number(),
    /** cycles that are to be run and that no engine has; null while the database cannot say */
    untakenCycles: z.number().nullable(),
  }),
  /** `unconfirmed`: posts of so many bots are due, and for more than a minute none was confirmed. Nulls: all is well, or not known */
  posting: z.object({
    status: z.enum(["ok", "unconfirmed", "unknown"]),
    since: z.iso.datetime().nullable(),
    due: z.number().nullable(),
    bots: z.number().nullable(),
  }),
  database: z.object({
    status: z.enum(["ok", "unreachable"]),
    since: z.iso.datetime().nullable(),
    latencyMs: z.number().nullable(),
  }),
  queue: z.object({
    status: z.enum(["ok", "unreachable"]),
    waiting: z.number().nullable(),
    active: z.number().nullable(),
  }),
  engines: z.number().nullable(),
});
export type HealthDto = z.infer<typeof HealthDto>;

/** The admin's first page, in figures. */
export const OverviewDto = z.object({
  due: z.number(),
  confirmed: z.number(),
  pool: z.object({ unused: z.number(), assigned: z.number(), resting: z.number(), banned: z.number() }),
  botsRunning: z.number(),
  bots: z.number(),
  engines: z.array(z.object({ id: z.string(), startedAt: z.iso.datetime(), runningCycles: z.number() })),
  needsYou: z.array(
    z.object({ kind: z.enum(["session", "bot", "pool", "api_pair"]), id: z.string(), message: z.string() }),
  ),
  /** the last 24 hours, oldest first */
  hours: z.array(z.object({ at: z.iso.datetime(), sent: z.number(), failed: z.number(), skipped: z.number() })),
});
export type OverviewDto = z.infer<typeof OverviewDto>;
