import { HeraldError, type SessionRepository } from "@herald/core";
import { isRefusedBy } from "../errors.ts";
import type { SessionEventKind } from "../generated/enums.ts";
import type { PrismaTransaction } from "../prisma.ts";
import { toSession } from "../rows.ts";
import { firstUnusedBackSql, mayBeTakenSql } from "../session-predicates.ts";
import { isId, storable } from "../text.ts";

const NO_REST = { restingUntil: null, needsAdmin: false, reason: null, code: null };

export const sessions = (tx: PrismaTransaction): SessionRepository => ({
  async find(id) {
    const row = isId(id) ? await tx.session.findUnique({ where: { id } }) : null;
    return row && toSession(row);
  },

  async list() {
    return (await tx.session.findMany({ orderBy: { addedAt: "asc" } })).map(toSession);
  },

  async ofUser(userId) {
    return (await tx.session.findMany({ where: { userId }, orderBy: [{ addedAt: "asc" }, { id: "asc" }] })).map(
      toSession,
    );
  },

  async add(session) {
    const [row] = await tx.session.createManyAndReturn({
      data: [{ ...session, needsAdmin: true }],
      skipDuplicates: true,
    });
    if (row === undefined) return "session_known";
    await happened(tx, [row.id], "added");
    return toSession(row);
  },

  async setFree(id) {
    await tx.session.updateMany({
      where: { id, place: { not: "assigned" } },
      data: { ...NO_REST, place: "unused", bannedAt: null, deathCause: null, diedForUserId: null },
    });
  },

  async remove(id) {
    await tx.session.deleteMany({ where: { id } });
  },

  async takeUnused(userId, count, now) {
    const taken = await tx.$queryRaw<Array<{ id: string }>>`
      WITH picked AS MATERIALIZED (
        SELECT id FROM sessions
        WHERE ${mayBeTakenSql(now)}
        ORDER BY last_used_at NULLS FIRST, added_at, id
        LIMIT ${count} FOR UPDATE SKIP LOCKED
      ), assigned AS (
        UPDATE sessions s SET place = 'assigned', user_id = ${userId}::uuid FROM picked WHERE s.id = picked.id
        RETURNING s.id, s.user_id
      )
      INSERT INTO session_events (session_id, kind, user_id) SELECT id, 'assigned', user_id FROM assigned
      RETURNING session_id AS id`;
    if (taken.length === 0) return [];
    const ids = taken.map((session) => session.id);
    const rows = await tx.session.findMany({
      where: { id: { in: ids } },
      orderBy: [{ lastUsedAt: { sort: "asc", nulls: "first" } }, { addedAt: "asc" }, { id: "asc" }],
    });
    return rows.map(toSession);
  },

  async firstUnusedBack(now) {
    const [row] = await tx.$queryRaw<[{ at: Date | null }]>`SELECT (${firstUnusedBackSql(now)}) AS at`;
    return row.at;
  },

  async release(id) {
    await happened(tx, [id], "released");
    await tx.session.updateMany({
      where: { id, place: "assigned" },
      data: { place: "unused", userId: null, apiPairId: null },
    });
  },

  /** @throws HeraldError `api_pair_capacity` when the pair has no seat left */
  async seat(seats) {
    try {
      await tx.$executeRaw`
        UPDATE sessions s SET api_pair_id = seat.api_pair_id
        FROM unnest(${seats.map((seat) => seat.sessionId)}::uuid[], ${seats.map((seat) => seat.apiPairId)}::uuid[])
             AS seat(session_id, api_pair_id)
        WHERE s.id = seat.session_id`;
    } catch (error) {
      if (!isRefusedBy(error, "api_pairs_seats")) throw error;
      throw new HeraldError("api_pair_capacity", "This API pair has no seat left. Add another pair.");
    }
  },

  /** A longer rest that is already there stays, and so does one that waits for an admin; null ends both. */
  async rest(id, rest) {
    if (rest === null) {
      await happened(tx, [id], "woken");
      await tx.session.updateMany({ where: { id, place: { not: "banned" } }, data: NO_REST });
      return;
    }
    await tx.$executeRaw`
      UPDATE sessions SET resting_until = greatest(resting_until, ${rest.until}::timestamptz),
        needs_admin = needs_admin OR ${rest.needsAdmin}, reason = ${storable(rest.reason)}, code = ${rest.code}
      WHERE id = ${id}::uuid AND place <> 'banned'`;
    await happened(tx, [id], rest.needsAdmin ? "limited" : "waited", { code: rest.code, until: rest.until });
  },

  async holdLookups(id, until) {
    await tx.$executeRaw`
      WITH held AS (
        UPDATE sessions SET lookups_wait_until = greatest(lookups_wait_until, ${until}::timestamptz) WHERE id = ${id}::uuid
        RETURNING id, user_id)
      INSERT INTO session_events (session_id, kind, until, user_id) SELECT id, 'waited', ${until}::timestamptz, user_id FROM held`;
  },

  /** It leaves its user and its API pair's seat; whom it served is kept, for the breaker. */
  async ban(id, { at, cause, reason, code }) {
    await happened(tx, [id], "died", { code });
    await tx.$executeRaw`
      UPDATE sessions SET place = 'banned', died_for_user_id = user_id, user_id = NULL, api_pair_id = NULL,
        resting_until = NULL, needs_admin = false, banned_at = ${at}::timestamptz, death_cause = ${cause}::"DeathCause",
        reason = ${storable(reason)}, code = ${code}
      WHERE id = ${id}::uuid AND place <> 'banned'`;
  },

  async stayBanned(id, { reason, code }) {
    await tx.session.updateMany({ where: { id, place: "banned" }, data: { reason: storable(reason), code } });
    await happened(tx, [id], "checked", { code });
  },

  /** @throws HeraldError `session_known` when another session is the same account */
  async identify(id, { telegramUserId, ...account }) {
    try {
      await tx.session.update({ where: { id }, data: { ...account, telegramUserId: BigInt(telegramUserId) } });
      await happened(tx, [id], "checked");
    } catch (error) {
      if (!isRefusedBy(error, "sessions_telegram_user_id_key")) throw error;
      throw new HeraldError("session_known", "Another session in the pool is the same Telegram account.");
    }
  },

  countSpamDeaths: (userId, since) =>
    tx.session.count({ where: { diedForUserId: userId, deathCause: "spam", bannedAt: { gt: since } } }),
});

/** Writes down what happened to sessions, and whom they served then. */
async function happened(
  tx: PrismaTransaction,
  ids: string[],
  kind: SessionEventKind,
  more: { code?: string; until?: Date | null } = {},
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO session_events (session_id, kind, code, until, user_id)
    SELECT id, ${kind}::"SessionEventKind", ${more.code ?? null}, ${more.until ?? null}::timestamptz, user_id
    FROM sessions WHERE id = ANY(${ids}::uuid[])`;
}
