import type { Postgres } from "./postgres.ts";

/** A delivery as the database has it, with what is needed to find it in the emulator's record. Ids are decimal strings. */
export interface BookedDelivery {
  id: string;
  cycleId: string;
  cycleState: "running" | "open" | "finished" | "closed";
  cycleNumber: number;
  mode: "starter" | "enterprise";
  userId: string;
  sessionId: string;
  /** the Telegram account of the session; null when no upload or lane has found it out */
  accountId: string | null;
  groupId: string;
  /** false once the group was removed */
  groupIsThere: boolean;
  chatId: string | null;
  randomId: string;
  state: "planned" | "sending" | "sent" | "failed" | "skipped";
  outcome: string | null;
  code: string | null;
  messageId: number | null;
  attempts: number;
  plannedAt: Date;
  triedAt: Date | null;
  settledAt: Date | null;
}

export interface BookedChat {
  id: string;
  /** seconds; null: the default */
  cooldown: number | null;
}

/** The counters that the dashboard shows, a user's and those of the user's groups summed up. */
export interface BookedStats {
  userId: string;
  totalSuccess: number;
  totalFailures: number;
  groupsSent: number;
  groupsFailed: number;
}

/** A line of a bot's log. */
export interface BookedLine {
  at: Date;
  userId: string;
  level: string;
  text: string;
  sessionId: string | null;
  groupId: string | null;
}

export interface Books {
  deliveries: BookedDelivery[];
  chats: BookedChat[];
  stats: BookedStats[];
  log: BookedLine[];
  sessions: Array<{ place: string; code: string | null; needsAdmin: boolean; count: number }>;
}

/** Reads all that the database says of what was posted. */
export async function readBooks(postgres: Postgres): Promise<Books> {
  return {
    deliveries: await postgres.query<BookedDelivery>(
      `SELECT d.id::text, d.cycle_id AS "cycleId", c.state AS "cycleState", c.number AS "cycleNumber",
         c.execution_mode AS mode, d.user_id AS "userId", d.session_id AS "sessionId",
         s.telegram_user_id::text AS "accountId", d.group_id AS "groupId",
         g.id IS NOT NULL AS "groupIsThere",
         coalesce(d.chat_id, g.chat_id)::text AS "chatId", d.random_id::text AS "randomId", d.state, d.outcome, d.code,
         d.message_id AS "messageId", d.attempts, d.planned_at AS "plannedAt", d.tried_at AS "triedAt",
         d.settled_at AS "settledAt"
       FROM deliveries d JOIN cycles c ON c.id = d.cycle_id LEFT JOIN sessions s ON s.id = d.session_id
         LEFT JOIN groups g ON g.id = d.group_id ORDER BY d.id`,
    ),
    chats: await postgres.query<BookedChat>(`SELECT id::text, cooldown FROM chats`),
    stats: await postgres.query<BookedStats>(
      `SELECT s.user_id AS "userId", s.total_success AS "totalSuccess", s.total_failures AS "totalFailures",
         (SELECT coalesce(sum(g.sent), 0)::int FROM groups g WHERE g.user_id = s.user_id) AS "groupsSent",
         (SELECT coalesce(sum(g.failed), 0)::int FROM groups g WHERE g.user_id = s.user_id) AS "groupsFailed"
       FROM stats s`,
    ),
    log: await postgres.query<BookedLine>(
      `SELECT at, user_id AS "userId", level, text, session_id AS "sessionId", group_id AS "groupId" FROM bot_log ORDER BY id`,
    ),
    sessions: await postgres.query(
      `SELECT place, code, needs_admin AS "needsAdmin", count(*)::int FROM sessions GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    ),
  };
}
