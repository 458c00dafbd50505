import { z } from "zod";

/** Every error code there is, with the HTTP status it answers with. The same code stands in tRPC, REST and the UI. */
export const errorStatus = {
  invalid_input: 400,
  invalid_execution_mode: 400,
  total_cycle_minutes_required: 400,
  infeasible_cycle: 400,
  cooldown_too_long: 400,
  no_post: 400,
  no_groups: 400,
  no_sessions: 409,
  no_api_pair: 409,
  unauthenticated: 401,
  forbidden: 403,
  plan_missing: 403,
  plan_expired: 403,
  plan_limit_sessions: 403,
  plan_limit_groups: 403,
  breaker_tripped: 409,
  content_refused: 409,
  not_found: 404,
  too_many_attempts: 429,
  email_taken: 409,
  last_admin: 409,
  chat_twin: 409,
  api_pair_known: 409,
  api_pair_in_use: 409,
  api_pair_capacity: 409,
  session_known: 409,
  session_in_use: 409,
  too_slow: 408,
  too_large: 413,
  unsupported_media_type: 415,
  database_unavailable: 503,
  internal: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;
export const ErrorCode = z.enum(Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]);

/**
 * The shape every error leaves the engine in. `message` is for the person: what happened, what was not changed, what to do.
 * `field` is the path of the input it belongs to ("totalCycleMinutes"), `details` the numbers behind it.
 */
export const ErrorDto = z.object({
  code: ErrorCode,
  message: z.string(),
  field: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type ErrorDto = z.infer<typeof ErrorDto>;
