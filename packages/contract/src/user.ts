import { z } from "zod";
import { RowId } from "./id.ts";
import { isTooClose, Password, TOO_CLOSE } from "./password.ts";
import { line } from "./text.ts";
import { TimeZone } from "./time-zone.ts";
import { BotStatus, PlanType, Role } from "./vocabulary.ts";

const MOMENT_RULE = "Give a time between the years 1970 and 9999, as 2026-05-03T14:00:00Z.";
/** ISO 8601, to the nanosecond at most, of a year that every clock and PostgreSQL know. */
const moment = z
  .string()
  .max(30, MOMENT_RULE)
  .pipe(z.iso.datetime(MOMENT_RULE))
  .refine((time) => time >= "1970", MOMENT_RULE);

export const Plan = z.object({
  type: PlanType,
  maxSessions: z.number().int().min(1, "At least one account.").max(500),
  maxGroups: z.number().int().min(1, "At least one group.").max(5000),
  /** null: no end */
  expiresAt: moment.nullable(),
});
export type Plan = z.infer<typeof Plan>;

const EMAIL_RULE = "Give an e-mail address.";
/** In lower case. */
export const Email = z
  .string()
  .max(254, EMAIL_RULE)
  .pipe(z.email(EMAIL_RULE))
  .transform((e) => e.toLowerCase());
const name = line().min(1, "Give a name.").max(80, "A name has at most 80 characters.");

export const UserCreateInput = z
  .object({
    email: Email,
    name,
    password: Password,
    role: Role.default("user"),
    plan: Plan.nullable().default(null),
  })
  .refine((user) => !isTooClose(user.password, user), { path: ["password"], error: TOO_CLOSE });
export type UserCreateInput = z.infer<typeof UserCreateInput>;

export const UserUpdateInput = z.object({
  id: RowId,
  name: name.optional(),
  password: Password.optional(),
  role: Role.optional(),
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
  /** whether their sign-in has a second step */
  twoStep: z.boolean(),
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
