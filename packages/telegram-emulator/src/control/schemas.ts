import { z } from "zod";
import { FAULT_ACTION_NAMES, type FaultRule } from "../faults.ts";
import {
  accountFields,
  bannedRights,
  chatFields,
  chatSettings,
  migrationFields,
  worldSettings,
} from "../world/file-schema.ts";

const actionValue = z.union([z.string(), z.number(), z.boolean()]);

export const faultBody: z.ZodType<FaultRule> = z.object({
  method: z.string().min(1),
  accountId: z.number().int().optional(),
  chatId: z.number().int().optional(),
  needsLogin: z.literal(true).optional(),
  nth: z.number().int().positive().optional(),
  times: z.number().int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  action: z.record(z.string(), actionValue).refine((action) => FAULT_ACTION_NAMES.some((name) => name in action), {
    message: `one of ${FAULT_ACTION_NAMES.join(", ")} is needed`,
  }),
}) as unknown as z.ZodType<FaultRule>;

export const accountBody = z.object(accountFields);

export const chatBody = z.object({ kind: z.enum(["channel", "supergroup", "basicGroup"]), ...chatFields });

export const worldBody = z.strictObject(worldSettings);

/** `username` takes a @name from whoever has it; null makes the chat private. */
export const chatSettingsBody = z.strictObject({ ...chatSettings, username: z.string().min(1).nullable().optional() });
/** Without an account: for all of them. */
export const accessHashBody = z.strictObject({ accountId: z.number().int().optional() });
export const migrateBody = z.strictObject(migrationFields);
export const restrictBody = z.strictObject({
  accountId: z.number().int(),
  /** null ends the restriction. */
  rights: bannedRights.nullable(),
});

export const postBody = z.object({ text: z.string() });
export const memberBody = z.object({ accountId: z.number().int() });
export const limitBody = z.object({
  error: z.enum(["PEER_FLOOD", "USER_BANNED_IN_CHANNEL"]),
  forMs: z.number().positive().optional(),
});
export const revokeBody = z.object({
  n: z.number().int().nonnegative().optional(),
  how: z.enum(["AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "forgotten"]).optional(),
});
export const pauseBody = z.object({ ms: z.number().positive() });
export const disconnectBody = z.object({ accountId: z.number().int().optional() });
export const loginTokenBody = z.object({ token: z.string(), accountId: z.number().int() });
