import type { HeldCycle, Engines as KnownEngines, Pulse, Seal } from "@herald/core";
import type pg from "pg";
import { reaching } from "./errors.ts";
import { type KeptConnection, keepConnected } from "./kept-connection.ts";
import type { WrittenLogLine } from "./outbox.ts";

/** After PostgreSQL itself started, the engines that lived through it get so long to take their locks again, in seconds. */
const RECONNECT_SECONDS = 5;
const STOP_MESSAGE = "Herald was restarted. Settings and statistics are kept: press Start to go on where it stopped.";

/** Of the cycles that nobody runs an engine is told so many at a time. */
const MOST_UNTAKEN = 500;

export interface Engines extends KnownEngines {
  /**
   * Says that this engine lives, until {@link Engines.close} or the process's death. When no other one does, every bot is
   * stopped (`engine_restart`) and the cycles that were cut off are open for the next start, all in one transaction.
   *
   * @throws Error when an engine with this id lives already
   */
  boot(engineId: string): Promise<{ alone: boolean }>;
  /** Since when this engine's own connection is broken: PostgreSQL is away, or on its way back. Null while it stands. */
  readonly unreachableSince: Date | null;
  /** The ids of engines that live and do not know our current key: they could not open what we seal with it. */
  withoutOurKey(): Promise<string[]>;
  alive(): Promise<Array<{ id: string; startedAt: Date }>>;
  /** Takes the engine off the list of those that live. */
  close(): Promise<void>;
}

/** Who is alive is asked of PostgreSQL: an engine holds an advisory lock on a connection of its own. */
export function createEngines(
  url: string,
  pool: pg.Pool,
  { keyIds, onLog }: { keyIds: Seal["keyIds"]; onLog: (line: WrittenLogLine) => void },
): Engines {
  let connection: KeptConnection | undefined;
  let booted: string | undefined;

  return {
    boot: (engineId) =>
      reaching(async () => {
        await letOthersReconnect(pool, engineId);
        let result: { alone: boolean; lines: WrittenLogLine[] } = { alone: false, lines: [] };
        connection = await keepConnected(url, `herald engine ${engineId}`, async (client, first) => {
          if (first) result = await enter(client, engineId, keyIds);
          else await client.query(HOLD_LOCK, [engineId]);
        });
        booted = engineId;
        result.lines.forEach(onLog);
        return { alone: result.alone };
      }),

    get unreachableSince() {
      return connection?.brokenSince ?? null;
    },

    alive: () =>
      reaching(async () => {
        const { rows } = await pool.query<{ id: string; startedAt: Date }>(
          `SELECT id, started_at AS "startedAt" FROM herald_engines_alive() ORDER BY id`,
        );
        return rows;
      }),

    withoutOurKey: () =>
      reaching(async () => {
        const { rows } = await pool.query<{ id: string }>(
          "SELECT id FROM herald_engines_alive() WHERE NOT $1 = ANY (key_ids) ORDER BY id",
          [keyIds[0]],
        );
        return rows.map(({ id }) => id);
      }),

    pulse: (engineId, held: readonly HeldCycle[]) =>
      reaching(async () => {
        const { rows } = await pool.query<{ pulse: Pulse }>("SELECT herald_pulse($1, $2, $3, $4) AS pulse", [
          engineId,
          held.map(({ cycleId }) => cycleId),
          held.map(({ epoch }) => epoch),
          MOST_UNTAKEN,
        ]);
        const [row] = rows;
        if (row === undefined) throw new Error("herald_pulse answered nothing");
        return row.pulse;
      }),

    close: async () => {
      await connection?.close();
      if (booted === undefined) return;
      await pool.query("DELETE FROM engines WHERE id = $1", [booted]).catch(() => {}); // the lock is gone: that is enough
      booted = undefined;
    },
  };
}

const HOLD_LOCK = "SELECT pg_advisory_lock(hashtext('herald.engine'), lock_key::int) FROM engines WHERE id = $1";

/** An engine that was cut off by PostgreSQL's own restart is not dead. */
async function letOthersReconnect(pool: pg.Pool, engineId: string): Promise<void> {
  const { rows } = await pool.query<{ wait: number }>(
    `SELECT greatest(0, $2 - extract(epoch FROM now() - pg_postmaster_start_time()))::float AS wait
     WHERE EXISTS (SELECT FROM engines WHERE id <> $1 AND started_at < pg_postmaster_start_time())`,
    [engineId, RECONNECT_SECONDS],
  );
  const wait = rows[0]?.wait ?? 0;
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait * 1000));
}

/** Under a lock of all boots, so that of two that boot at once exactly one is alone. */
async function enter(
  client: pg.Client,
  engineId: string,
  keyIds: Seal["keyIds"],
): Promise<{ alone: boolean; lines: WrittenLogLine[] }> {
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock(hashtext('herald.boot'), 0)");
  const lock = await client.query<{ held: boolean }>(
    `INSERT INTO engines AS e (id, started_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET id = e.id
     RETURNING pg_try_advisory_lock(hashtext('herald.engine'), lock_key::int) AS held`,
    [engineId],
  );
  if (!lock.rows[0]?.held)
    throw new Error(
      `An engine with the id "${engineId}" runs on this database already: give this one another ENGINE_ID.`,
    );
  await client.query("UPDATE engines SET started_at = now(), seen_at = clock_timestamp(), key_ids = $2 WHERE id = $1", [
    engineId,
    keyIds,
  ]);
  // an earlier process of this id is gone, or it would hold the lock: nobody need wait for its leases to run out
  await client.query("UPDATE session_leases SET engine_id = NULL, expires_at = NULL WHERE engine_id = $1", [engineId]);
  const others = await client.query("SELECT FROM herald_engines_alive() WHERE id <> $1", [engineId]);
  const alone = others.rowCount === 0;
  const lines = alone ? await stopAllBots(client) : [];
  await client.query("COMMIT");
  return { alone, lines };
}

/**
 * What core's `stopBot` does, for every bot in one statement: it is of one transaction with the taking of the lock, on that
 * connection, before there is a store.
 */
async function stopAllBots(client: pg.Client): Promise<WrittenLogLine[]> {
  await client.query("UPDATE cycles SET state = 'open', engine_id = NULL WHERE state = 'running'");
  const { rows } = await client.query<{ userId: string; at: Date; logId: string }>(
    `WITH former AS (
       SELECT id, stop_reason FROM bots WHERE status = 'running'
     ), stopped AS (
       UPDATE bots b SET status = 'stopped', stop_reason = 'engine_restart', stop_message = $1, stopped_at = now(),
         next_cycle_at = NULL
       FROM former WHERE b.id = former.id AND b.status = 'running' RETURNING b.id, b.user_id, former.stop_reason AS former_reason
     ), audited AS (
       INSERT INTO audit_log (actor_kind, actor_name, action, target_kind, target_id, user_id, before, after)
       SELECT 'system', 'engine', 'bot.stop', 'bot', id, user_id,
         jsonb_build_object('status', 'running', 'stopReason', former_reason),
         jsonb_build_object('status', 'stopped', 'stopReason', 'engine_restart')
       FROM stopped ORDER BY user_id
     )
     INSERT INTO bot_log (bot_id, user_id, level, text) SELECT id, user_id, 'warning', $1 FROM stopped ORDER BY user_id
     RETURNING user_id AS "userId", at, id::text AS "logId"`,
    [STOP_MESSAGE],
  );
  const changes = rows.flatMap(({ userId, logId }) => [
    { user_id: userId, type: "bot" },
    { user_id: userId, type: "progress", log_ids: [logId] },
  ]);
  if (changes.length > 0)
    await client.query("SELECT herald_publish($1)", [JSON.stringify([...changes, { user_id: null, type: "pool" }])]);
  return rows.map(({ userId, at }) => ({ userId, at, level: "warning", text: STOP_MESSAGE }));
}
