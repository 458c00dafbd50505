import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import { reaching } from "./errors.ts";

/** Rows that one statement deletes: some milliseconds' work. */
const BATCH = 1_000;
/** Rest between two batches, in ms, so that the hot path comes first. */
const REST_MS = 20;
/** A dashboard that was away for longer is told everything afresh. */
const EVENTS_KEPT_DAYS = 1;

export interface Pruned {
  deliveries: number;
  logs: number;
  events: number;
}

/**
 * Deletes what is older than the retention: the deliveries of cycles that ended before (but the newest of each user), log
 * lines and events. In small batches, and only rows that nobody writes any more, so that nothing waits for it. Counters are
 * kept apart and stay as they are.
 *
 * @returns how many rows are gone
 */
export function prune(
  pool: pg.Pool,
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
    const deliveries = await inBatches(DELIVERIES, olderThanDays);
    if (!signal.aborted) await inBatches(CYCLES, olderThanDays);
    const logs = await inBatches(byAge("bot_log"), olderThanDays);
    const events = await inBatches(byAge("events"), Math.min(olderThanDays, EVENTS_KEPT_DAYS));
    await inBatches(DEAD_ENGINES, olderThanDays);
    return { deliveries, logs, events };
  });
}

const byAge = (table: "bot_log" | "events"): string =>
  `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < now() - $1 * interval '1 day' ORDER BY at LIMIT $2)`;

const DEAD_ENGINES = `
  DELETE FROM engines WHERE id IN (
    SELECT id FROM engines WHERE started_at < now() - $1 * interval '1 day'
      AND id NOT IN (SELECT id FROM herald_engines_alive()) LIMIT $2)`;

/** The newest stays: the dashboard shows it, and the next one's number follows from it. */
const OLD_CYCLES = `
  SELECT c.id FROM cycles c WHERE c.ended_at < now() - $1 * interval '1 day'
    AND EXISTS (SELECT FROM cycles newer WHERE newer.user_id = c.user_id AND newer.number > c.number)`;

const DELIVERIES = `
  DELETE FROM deliveries WHERE id IN (
    SELECT d.id FROM deliveries d WHERE d.cycle_id IN (${OLD_CYCLES}) LIMIT $2)`;

const CYCLES = `
  DELETE FROM cycles WHERE id IN (
    SELECT id FROM (${OLD_CYCLES}) c WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.cycle_id = c.id) LIMIT $2)`;
