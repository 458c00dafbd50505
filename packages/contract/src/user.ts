import { z } from "zod";
import { RowId } from "./id.ts";
import { TimeZone } from "./time-zone.ts";
import { BotStatus, PlanType, Role } from "./vocabulary.ts";

/** ISO 8601, to the nanosecond at most. */
const moment = z.string().max(30, "Give a time as 2026-05-03T14:00:00Z.").pipe(z.iso.datetime());

export const Plan = z.object({
  type: PlanType,
  maxSessions: z.number().int().min(1, "At least one account.").max(500),
  maxGroups: z.number().int().min(1, "At least one group.").max(5000),
  /** null: no end */
  expiresAt: moment.nullable(),
});
export type Plan = z.infer<typeof Plan>;

const EMAIL_RULE = "Give an e-mail address.";
const email = z
  .string()
  .max(254, EMAIL_RULE)
  .pipe(z.email(EMAIL_RULE))
  .transform((e) => e.toLowerCase());
/** NIST SP 800-63B asks for at least 8 and no composition rules; ten is what a person can still remember. */
export const Password = z.string().min(10, "A password has at least 10 characters.").max(200);

export const UserCreateInput = z.object({
  email,
  name: z.string().trim().min(1, "Give a name.").max(80),
  password: Password,
  role: Role.default("user"),
  plan: Plan.nullable().default(null),
});
export type UserCreateInput = z.infer<typeof UserCreateInput>;

export const UserUpdateInput = z.object({
  id: RowId,
  name: z.string().trim().min(1, "Give a name.").max(80).optional(),
  password: Password.optional(),
  plan: Plan.nullable().optional(),
  disabled: z.boolean().optional(),
});
export type UserUpdateInput = z.infer<typeof UserUpdateInput>;

export const UserDto = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
  plan: Plan.nullable(),
  disabled: z.boolean(),
  botStatus: BotStatus,
  sessionCount: z.number(),
  groupCount: z.number(),
  messagesSent: z.number(),
  breakerTrippedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type UserDto = z.infer<typeof UserDto>;

/** The signed-in person. `apiKeyHint` is the last four characters of their key, null when there is none. */
export const ViewerDto = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
  plan: Plan.nullable(),
  apiKeyHint: z.string().nullable(),
  /** IANA name: where their day begins */
  timeZone: z.string(),
});
export type ViewerDto = z.infer<typeof ViewerDto>;

export const TimeZoneInput = z.object({ timeZone: TimeZone });

/** A new API key: the only time that it is seen. */
export const ApiKeyDto = z.object({ key: z.string() });
export type ApiKeyDto = z.infer<typeof ApiKeyDto>;

export const UserIdInput = z.object({ id: RowId });
