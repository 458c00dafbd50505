import type { Leases } from "@herald/core";
import type pg from "pg";
import { reaching } from "./errors.ts";

/** The fences of the sessions' keys. All times are PostgreSQL's, so that engines need not agree on theirs. */
export const createLeases = (pool: pg.Pool): Leases => ({
  acquire: (sessionId, engineId, ttlMs) =>
    reaching(async () => {
      const { rows } = await pool.query<{ fence: string }>(
        `INSERT INTO session_leases AS l (session_id, engine_id, fence, expires_at)
         VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
         ON CONFLICT (session_id) DO UPDATE
           SET engine_id = excluded.engine_id, fence = l.fence + 1, expires_at = excluded.expires_at
           WHERE l.engine_id IS NULL OR l.engine_id = excluded.engine_id OR l.expires_at <= clock_timestamp()
         RETURNING fence`,
        [sessionId, engineId, ttlMs],
      );
      return rows[0] ? BigInt(rows[0].fence) : null;
    }),

  /** One that ran out is still held while nobody took it: the fence tells. */
  renew: (engineId, held, ttlMs) =>
    reaching(async () => {
      const { rows } = await pool.query<{ session_id: string }>(
        `UPDATE session_leases l SET expires_at = clock_timestamp() + $4 * interval '1 ms'
         FROM unnest($2::uuid[], $3::bigint[]) AS h(session_id, fence)
         WHERE l.session_id = h.session_id AND l.fence = h.fence AND l.engine_id = $1
         RETURNING l.session_id`,
        [engineId, held.map((lease) => lease.sessionId), held.map((lease) => lease.fence.toString()), ttlMs],
      );
      return new Set(rows.map((row) => row.session_id));
    }),

  release: (engineId, sessionId, fence) =>
    reaching(async () => {
      await pool.query(
        `UPDATE session_leases SET engine_id = NULL, expires_at = NULL
         WHERE session_id = $1 AND engine_id = $2 AND fence = $3`,
        [sessionId, engineId, fence.toString()],
      );
    }),
});
