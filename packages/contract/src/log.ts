import { z } from "zod";
import { serialNumber } from "./id.ts";
import { LogLevel } from "./vocabulary.ts";

/** One line of a bot's log: plain words in `text`, Telegram's own code behind a disclosure. */
export const LogEntryDto = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  level: LogLevel,
  text: z.string(),
  code: z.string().nullable(),
  sessionId: z.string().nullable(),
  groupId: z.string().nullable(),
});
export type LogEntryDto = z.infer<typeof LogEntryDto>;

/** A page of the log, newest first; `before` is the id of the oldest line at hand. */
export const LogInput = z.object({
  before: serialNumber("`before` is the id of a line of the log.").nullable().default(null),
  limit: z.number().int().min(1).max(500).default(100),
});
export type LogInput = z.infer<typeof LogInput>;
