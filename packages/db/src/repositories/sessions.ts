import { HeraldError, type SessionRepository } from "@herald/core";
import { isRefusedBy } from "../errors.ts";
import type { PrismaTransaction } from "../prisma.ts";
import { toPeer, toSession } from "../rows.ts";
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

  /** An account that is in the pool by another key is refused too. */
  async add({ telegramUserId, ...session }) {
    const [row] = await tx.session.createManyAndReturn({
      data: [{ ...session, telegramUserId: telegramUserId === null ? null : BigInt(telegramUserId) }],
      skipDuplicates: true,
    });
    return row ? toSession(row) : "session_known";
  },

  async reopenPairs(sessionId, code) {
    await tx.groupPair.deleteMany({ where: { sessionId, code, retired: true } });
  },

  isKnown: async (fingerprint) => (await tx.session.count({ where: { fingerprint } })) > 0,

  async remove(id) {
    await tx.session.deleteMany({ where: { id } });
  },

  async takeUnused(userId, count) {
    const taken = await tx.$queryRaw<Array<{ id: string }>>`
      WITH picked AS MATERIALIZED (
        SELECT id FROM sessions
        WHERE place = 'unused' AND NOT needs_admin AND (resting_until IS NULL OR resting_until <= now())
        ORDER BY last_used_at NULLS FIRST, added_at, id
        LIMIT ${count} FOR UPDATE SKIP LOCKED
      )
      UPDATE sessions s SET place = 'assigned', user_id = ${userId}::uuid FROM picked WHERE s.id = picked.id
      RETURNING s.id`;
    const rows = await tx.session.findMany({
      where: { id: { in: taken.map((session) => session.id) } },
      orderBy: [{ lastUsedAt: { sort: "asc", nulls: "first" } }, { addedAt: "asc" }, { id: "asc" }],
    });
    return rows.map(toSession);
  },

  async release(id) {
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
      await tx.session.updateMany({ where: { id, place: { not: "banned" } }, data: NO_REST });
      return;
    }
    await tx.$executeRaw`
      UPDATE sessions SET resting_until = greatest(resting_until, ${rest.until}::timestamptz),
        needs_admin = needs_admin OR ${rest.needsAdmin}, reason = ${storable(rest.reason)}, code = ${rest.code}
      WHERE id = ${id}::uuid AND place <> 'banned'`;
  },

  /** It leaves its user and its API pair's seat; whom it served is kept, for the breaker. */
  async ban(id, { at, cause, reason, code }) {
    await tx.$executeRaw`
      UPDATE sessions SET place = 'banned', died_for_user_id = user_id, user_id = NULL, api_pair_id = NULL,
        resting_until = NULL, needs_admin = false, banned_at = ${at}::timestamptz, death_cause = ${cause},
        reason = ${storable(reason)}, code = ${code}
      WHERE id = ${id}::uuid AND place <> 'banned'`;
  },

  /** @throws HeraldError `session_known` when another session is the same account */
  async identify(id, { telegramUserId, ...account }) {
    try {
      await tx.session.update({ where: { id }, data: { ...account, telegramUserId: BigInt(telegramUserId) } });
    } catch (error) {
      if (!isRefusedBy(error, "sessions_telegram_user_id_key")) throw error;
      throw new HeraldError("session_known", "Another session in the pool is the same Telegram account.");
    }
  },

  countSpamDeaths: (userId, since) =>
    tx.session.count({ where: { diedForUserId: userId, deathCause: "spam", bannedAt: { gt: since } } }),

  async peers(sessionId, references) {
    const rows = await tx.sessionPeer.findMany({ where: { sessionId, reference: { in: references } } });
    return new Map(rows.map((row) => [row.reference, toPeer(row)]));
  },

  async savePeer(sessionId, reference, { type, id, accessHash }) {
    const peer = { type, peerId: BigInt(id), accessHash: accessHash === null ? null : BigInt(accessHash) };
    await tx.sessionPeer.upsert({
      where: { sessionId_reference: { sessionId, reference } },
      create: { sessionId, reference, ...peer },
      update: peer,
    });
  },

  async pairs(sessionIds) {
    return tx.groupPair.findMany({
      where: { sessionId: { in: sessionIds }, OR: [{ retired: true }, { waitUntil: { gt: new Date() } }] },
      select: { sessionId: true, groupId: true, retired: true, waitUntil: true },
    });
  },

  /** A group that is gone has no pairs. A wait never shortens a longer one, nor brings a retired pair back. */
  async setPair({ sessionId, groupId }, to) {
    const until = to.retired ? null : to.waitUntil;
    const reason = to.retired ? storable(to.reason) : null;
    await tx.$executeRaw`
      INSERT INTO group_pairs (session_id, group_id, retired, wait_until, reason, code, at)
      SELECT ${sessionId}::uuid, id, ${to.retired}, ${until}::timestamptz, ${reason}, ${to.code}, now()
      FROM groups WHERE id = ${groupId}::uuid
      ON CONFLICT (session_id, group_id) DO UPDATE SET retired = group_pairs.retired OR excluded.retired,
        wait_until = greatest(group_pairs.wait_until, excluded.wait_until),
        reason = coalesce(excluded.reason, group_pairs.reason), code = excluded.code, at = excluded.at`;
  },

  async countRefusingGroups(sessionId, code, since) {
    return tx.groupPair.count({ where: { sessionId, code, at: { gt: since } } });
  },
});
