import type pg from "pg";

/** What an event says: which rows changed, never their content. */
export interface EventRow {
  id: bigint;
  type: "bot" | "progress" | "groups" | "pool";
  deliveryIds: string[];
  logIds: string[];
}

/** Whose events: a user's, and for admins also those of the pool. */
export interface Audience {
  userId: string;
  admin: boolean;
}

/** Most events read at once. */
const PAGE = 1_000;

/** The audience's events after `after`, up to `upTo` when given, in order. At most {@link PAGE}. */
export async function readEvents(
  pool: pg.Pool,
  { userId, admin }: Audience,
  after: bigint,
  upTo: bigint | null,
): Promise<EventRow[]> {
  const { rows } = await pool.query<{ id: string; type: EventRow["type"]; deliveryIds: string[]; logIds: string[] }>({
    name: "read_events",
    text: `SELECT id, type, delivery_ids AS "deliveryIds", log_ids AS "logIds" FROM events
           WHERE id > $3 AND id <= coalesce($4, 9223372036854775807) AND (user_id = $1 OR ($2 AND user_id IS NULL))
           ORDER BY id LIMIT ${PAGE}`,
    values: [userId, admin, after.toString(), upTo?.toString() ?? null],
  });
  return rows.map((row) => ({ ...row, id: BigInt(row.id) }));
}

/** The newest event there is, and the oldest that was not pruned. Both 0 when there is none. */
export async function eventRange(pool: pg.Pool): Promise<{ oldest: bigint; newest: bigint }> {
  const { rows } = await pool.query<{ oldest: string; newest: string }>(
    "SELECT coalesce(min(id), 0) AS oldest, coalesce(max(id), 0) AS newest FROM events",
  );
  return { oldest: BigInt(rows[0]?.oldest ?? 0), newest: BigInt(rows[0]?.newest ?? 0) };
}
