import type { Store } from "@herald/core";
import type pg from "pg";
import { isConflict } from "./errors.ts";

/** Makes the partitions of this month and the next, so that nobody waits for one. */
export async function addMonths(pool: pg.Pool): Promise<void> {
  await pool.query(
    "SELECT herald_add_delivery_month(now()), herald_add_delivery_month(herald_month_start(herald_month_of(now()) + 1))",
  );
}

/**
 * Drops every month that ended longer ago than `days`, oldest first, once what it tells is rolled up. What a stopped bot left
 * open in it is given up. A month in which a running bot still has posts to send is kept until they are sent, and one that
 * others hold on to just now until the next call.
 *
 * @returns how many months are gone
 */
export async function dropMonths(pool: pg.Pool, store: Store, days: number, signal: AbortSignal): Promise<number> {
  const { rows } = await pool.query<{ month: number }>(
    "SELECT month FROM herald_delivery_months() WHERE herald_month_start(month + 1) < now() - $1 * interval '1 day' ORDER BY month",
    [days],
  );
  let dropped = 0;
  for (const { month } of rows) {
    if (signal.aborted) break;
    await giveUpCycles(pool, store, month, days);
    dropped += Number(await dropMonth(pool, month));
  }
  return dropped;
}

async function dropMonth(pool: pg.Pool, month: number): Promise<boolean> {
  try {
    const { rows } = await pool.query<{ dropped: boolean }>("SELECT herald_drop_delivery_month($1) AS dropped", [
      month,
    ]);
    return rows[0]?.dropped === true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Closes what stopped bots left unfinished, where a part of it was planned in `month` or before. */
async function giveUpCycles(pool: pg.Pool, store: Store, month: number, days: number): Promise<void> {
  const { rows } = await pool.query<{ botId: string }>(
    `SELECT c.bot_id AS "botId" FROM cycles c JOIN bots b ON b.id = c.bot_id
     WHERE c.state IN ('running', 'open') AND b.status = 'stopped'
       AND EXISTS (SELECT FROM deliveries d WHERE d.cycle_id = c.id AND d.id < ($1::bigint + 1) << 40)`,
    [month],
  );
  for (const { botId } of rows)
    await store.transaction(async (tx) => {
      const bot = await tx.bots.lock(botId);
      const cycle = await tx.cycles.current(botId);
      if (bot.status !== "stopped" || cycle === null) return;
      await tx.cycles.close(cycle.id, "cycle_ended", new Date());
      const text = `What was left of cycle ${cycle.number} is given up: posts are kept for ${days} days.`;
      await tx.log({ botId, userId: bot.userId, level: "info", text });
      await tx.changed(bot.userId, "bot");
    });
}
