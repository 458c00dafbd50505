import { setTimeout } from "node:timers/promises";
import type { Store } from "@herald/core";
import type pg from "pg";
import { addMonths, dropMonths } from "./delivery-months.ts";
import { reaching } from "./errors.ts";

/** Rows that one statement deletes: some milliseconds' work. */
const BATCH = 1_000;
/** Rest between two batches, in ms, so that the hot path comes first. */
const REST_MS = 20;
/** A dashboard that was away for longer is told everything afresh. */
const EVENTS_KEPT_DAYS = 1;
/** What happened to accounts is kept for at least so long: what a limit or a ban came of is looked for weeks later. */
const SESSION_EVENTS_KEPT_DAYS = 90;
/** Who was signed in from where, after it ended. What is worth keeping of it stands in the audit. */
const SIGN_INS_KEPT_DAYS = 30;

export interface Pruned {
  /** whole months of deliveries */
  months: number;
  cycles: number;
  logs: number;
  events: number;
  sessionEvents: number;
}

/**
 * Keeps the tables that grow in bounds. Rolls up what was settled lately, makes the months of deliveries that come, and drops
 * those that ended longer ago than the retention. Cycles without deliveries (but the newest of each bot), log lines,
 * events, sign-ins that are over, tries of them that count no more, and what happened to accounts are deleted by age, in small batches, and only rows that nobody
 * writes any more, so that nothing waits for it.
 * Counters and daily counts are kept apart and stay.
 *
 * @returns how much is gone
 */
export function prune(
  pool: pg.Pool,
  store: Store,
  { olderThanDays, signal }: { olderThanDays: number; signal: AbortSignal },
): Promise<Pruned> {
  const inBatches = async (statement: string, days: number): Promise<number> => {
    let total = 0;
    for (let count = BATCH; count > 0 && !signal.aborted; total += count) {
      const { rowCount } = await pool.query(statement, [days, BATCH]);
      count = rowCount ?? 0;
      if (count > 0) await setTimeout(REST_MS);
    }
    return total;
  };
  return reaching(async () => {
    await addMonths(pool);
    await pool.query("SELECT herald_roll_up_recent()");
    const months = await dropMonths(pool, store, olderThanDays, signal);
    const cycles = await inBatches(CYCLES, olderThanDays);
    const logs = await inBatches(byAge("bot_log"), olderThanDays);
    const events = await inBatches(byAge("events"), Math.min(olderThanDays, EVENTS_KEPT_DAYS));
    const sessionEvents = await inBatches(byAge("session_events"), Math.max(olderThanDays, SESSION_EVENTS_KEPT_DAYS));
    await inBatches(OVER_SIGN_INS, Math.min(olderThanDays, SIGN_INS_KEPT_DAYS));
    await inBatches(DEAD_ENGINES, olderThanDays);
    await inBatches(OLD_ATTEMPTS, 0);
    return { months, cycles, logs, events, sessionEvents };
  });
}

const byAge = (table: "bot_log" | "events" | "session_events"): string =>
  `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < now() - $1 * interval '1 day' ORDER BY at LIMIT $2)`;

const DEAD_ENGINES = `
  DELETE FROM engines WHERE id IN (
    SELECT id FROM engines WHERE seen_at < now() - $1 * interval '1 day' LIMIT $2)`;

/** What counts no more: whoever tries many e-mail addresses leaves a row each. */
const OLD_ATTEMPTS = `
  DELETE FROM sign_in_attempts WHERE key IN (
    SELECT key FROM sign_in_attempts WHERE until < now() - $1 * interval '1 day' LIMIT $2 FOR UPDATE SKIP LOCKED)`;

const OVER_SIGN_INS = `
  DELETE FROM sign_ins WHERE id IN (
    SELECT id FROM sign_ins WHERE least(ended_at, expires_at) < now() - $1 * interval '1 day' LIMIT $2)`;

/** The newest stays: the dashboard shows it, and the next one's number follows from it. */
const CYCLES = `
  DELETE FROM cycles WHERE id IN (
    SELECT c.id FROM cycles c WHERE c.ended_at < now() - $1 * interval '1 day'
      AND EXISTS (SELECT FROM cycles newer WHERE newer.bot_id = c.bot_id AND newer.number > c.number)
      AND NOT EXISTS (SELECT FROM deliveries d WHERE d.cycle_id = c.id) LIMIT $2)`;
