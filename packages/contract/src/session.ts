import { z } from "zod";
import { RowId } from "./id.ts";
import { line } from "./text.ts";
import { SessionState } from "./vocabulary.ts";

/** Largest session file taken, in bytes: Telethon's SQLite files with many cached entities reach a few MiB. */
export const MAX_SESSION_FILE_BYTES = 16 * 1024 * 1024;

/**
 * What stands in the address of an upload. Its body is the file: a Telethon `.session` (SQLite), or a text with one Telethon or
 * GramJS string.
 */
export const SessionUploadQuery = z.object({
  name: line("Say the file’s name in the address: ?name=shop.session")
    .min(1, "The file has no name.")
    .max(200, "A file’s name has at most 200 characters."),
});

/** What became of an uploaded file. */
export const SessionUploadResultDto = z.discriminatedUnion("status", [
  /**
   * `checked` is false when Telegram did not say who it is: no API pair or no Telegram was there to try it with, or Telegram
   * lets the account do nothing now. `message` says which.
   */
  z.object({
    status: z.literal("added"),
    name: z.string(),
    sessionId: z.string(),
    label: z.string(),
    checked: z.boolean(),
    /** Telegram wants the account to rest, so it did not come to the free ones; `until` null: until an admin has looked at it */
    rest: z.object({ until: z.iso.datetime().nullable() }).nullable(),
    message: z.string().nullable(),
  }),
  z.object({
    status: z.literal("refused"),
    name: z.string(),
    code: z.enum(["session_format", "session_known", "session_dead"]),
    message: z.string(),
  }),
  /** `not_tried`: nothing was done with it. `interrupted`: whether it is in the pool now only the list of sessions says. */
  z.object({
    status: z.literal("failed"),
    name: z.string(),
    code: z.enum(["not_tried", "interrupted"]),
    message: z.string(),
  }),
]);
export type SessionUploadResultDto = z.infer<typeof SessionUploadResultDto>;

/**
 * What trying an account again came to. `resting`: Telegram knows it and lets it do nothing now. `not_tried`: nothing is known
 * of it that was not known before.
 */
export const SessionRetryResultDto = z.object({
  found: z.enum(["alive", "resting", "dead", "not_tried"]),
  message: z.string(),
});
export type SessionRetryResultDto = z.infer<typeof SessionRetryResultDto>;

/** A session as an admin sees it. The phone is masked ("+380 •• ••• 12 34"), the key never leaves the engine. */
export const SessionDto = z.object({
  id: z.string(),
  label: z.string(),
  fileName: z.string(),
  username: z.string().nullable(),
  phoneMasked: z.string().nullable(),
  telegramUserId: z.string().nullable(),
  state: SessionState,
  userId: z.string().nullable(),
  userEmail: z.string().nullable(),
  apiPairId: z.string().nullable(),
  apiId: z.number().nullable(),
  restingUntil: z.iso.datetime().nullable(),
  /** true when only an admin can end the rest (PEER_FLOOD, frozen) */
  needsAdmin: z.boolean(),
  reason: z.string().nullable(),
  code: z.string().nullable(),
  addedAt: z.iso.datetime(),
  bannedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  sent: z.number(),
});
export type SessionDto = z.infer<typeof SessionDto>;

export const SessionIdInput = z.object({ id: RowId });
