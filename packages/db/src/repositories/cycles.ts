import { OutcomeKind } from "@herald/contract";
import type { CycleRepository } from "@herald/core";
import type { PrismaTransaction } from "../prisma.ts";
import { toCycle, toDelivery } from "../rows.ts";
import { isId } from "../text.ts";

export const cycles = (tx: PrismaTransaction): CycleRepository => ({
  async current(botId) {
    const row = await tx.cycle.findFirst({ where: { botId, state: { in: ["running", "open"] } } });
    return row && toCycle(row);
  },

  async find(id) {
    const row = isId(id) ? await tx.cycle.findUnique({ where: { id } }) : null;
    return row && toCycle(row);
  },

  async lastNumber(botId) {
    const last = await tx.cycle.aggregate({ where: { botId }, _max: { number: true } });
    return last._max.number ?? 0;
  },

  async create({ post, slots, ...cycle }) {
    // the month is long there but when nobody could make it ahead; before the cycle is locked, whose table it needs
    const [{ last }] = await tx.$queryRaw<[{ last: number }]>`
      SELECT (SELECT coalesce(max(number), 0)::int FROM cycles WHERE bot_id = ${cycle.botId}::uuid) AS last
      FROM herald_add_delivery_month(now())`;
    const row = await tx.cycle.create({
      data: { ...cycle, number: last + 1, postType: post.type, postContent: post.content },
    });
    // one statement however many slots; a createMany of thousands has a parameter a value
    await tx.$executeRaw`
      INSERT INTO deliveries (cycle_id, bot_id, user_id, session_id, group_id, chat_id, planned_at, random_id,
                              group_name, group_reference, session_name)
      SELECT ${row.id}::uuid, ${row.botId}::uuid, ${row.userId}::uuid, slot.session_id, slot.group_id, g.chat_id, slot.planned_at,
        slot.random_id, coalesce(g.title, g.reference), g.reference, s.label
      FROM unnest(${slots.map((slot) => slot.sessionId)}::uuid[], ${slots.map((slot) => slot.groupId)}::uuid[],
                  ${slots.map((slot) => slot.plannedAt.toISOString())}::text[]::timestamptz[],
                  ${slots.map((slot) => slot.randomId.toString())}::text[]::bigint[])
           WITH ORDINALITY AS slot(session_id, group_id, planned_at, random_id, place)
      LEFT JOIN groups g ON g.id = slot.group_id
      LEFT JOIN sessions s ON s.id = slot.session_id
      ORDER BY slot.place`;
    return toCycle(row);
  },

  async take(id, engineId) {
    // the share lock keeps a stop from passing between the look and the take
    const [taken] = await tx.$queryRaw<Array<{ id: string }>>`
      WITH bot AS MATERIALIZED (
        SELECT id FROM bots WHERE id = (SELECT bot_id FROM cycles WHERE id = ${id}::uuid) AND status = 'running' FOR SHARE
      )
      UPDATE cycles c SET state = 'running', epoch = epoch + 1, engine_id = ${engineId}
      FROM bot WHERE c.id = ${id}::uuid AND c.state IN ('running', 'open')
        -- its own it takes anew: the answer to the commit that gave it may have been lost
        AND (c.engine_id IS NULL OR c.engine_id = ${engineId}
          OR c.engine_id NOT IN (SELECT w.id FROM herald_engines_working() w))
      RETURNING c.id`;
    return taken ? toCycle(await tx.cycle.findUniqueOrThrow({ where: { id } })) : null;
  },

  /**
   * An engine that lives but holds no valid lease on a session of the cycle (it was paused for longer than a lease lasts)
   * counts as gone too: it cannot send.
   */
  async isReleased(id) {
    const [held] = await tx.$queryRaw<Array<{ held: boolean }>>`
      SELECT EXISTS (
        SELECT FROM cycles c
        WHERE c.id = ${id}::uuid AND c.engine_id IN (SELECT e.id FROM herald_engines_alive() e)
          AND EXISTS (
            SELECT FROM session_leases l
            WHERE l.engine_id = c.engine_id AND l.expires_at > clock_timestamp()
              AND l.session_id IN (SELECT d.session_id FROM deliveries d WHERE d.cycle_id = c.id))
      ) AS held`;
    return held?.held !== true;
  },

  async release(id, epoch, state, at) {
    await tx.cycle.updateMany({
      where: { id, epoch, state: { in: ["running", "open"] } },
      data: { state, engineId: null, endedAt: state === "finished" ? at : null },
    });
  },

  async handBack(id, epoch) {
    await tx.cycle.updateMany({ where: { id, epoch }, data: { engineId: null } });
  },

  async handBackAll(engineId) {
    await tx.cycle.updateMany({ where: { engineId }, data: { engineId: null } });
  },

  async reopen(id) {
    await tx.cycle.updateMany({
      where: { id, state: { in: ["running", "open"] } },
      data: { state: "running", engineId: null },
    });
  },

  async close(id, reason, at) {
    const { count } = await tx.cycle.updateMany({
      where: { id, state: { in: ["running", "open"] } },
      data: { state: "closed", engineId: null, endedAt: at },
    });
    if (count === 0) return;
    await tx.delivery.updateMany({
      where: { cycleId: id, state: "planned" },
      data: { state: "skipped", outcome: reason, settledAt: at, waitUntil: null },
    });
    await giveUpSending(tx, { cycleId: id }, at);
  },

  async openDeliveries(cycleId) {
    const rows = await tx.delivery.findMany({
      where: { cycleId, state: { in: ["planned", "sending"] } },
      orderBy: [{ plannedAt: "asc" }, { id: "asc" }],
    });
    return rows.map(toDelivery);
  },

  async reschedule(times) {
    await tx.$executeRaw`
      UPDATE deliveries d SET planned_at = moved.planned_at
      FROM unnest(${times.map((time) => time.id)}::text[]::bigint[],
                  ${times.map((time) => time.plannedAt.toISOString())}::text[]::timestamptz[]) AS moved(id, planned_at)
      WHERE d.id = moved.id AND d.state IN ('planned', 'sending')`;
  },

  async skip(ids, outcome, at) {
    await tx.delivery.updateMany({
      where: { id: { in: ids.map(BigInt) }, state: "planned" },
      data: { state: "skipped", outcome, code: null, settledAt: at, waitUntil: null },
    });
    await giveUpSending(tx, { id: { in: ids.map(BigInt) } }, at);
  },

  async reassign(moved) {
    await tx.$executeRaw`
      UPDATE deliveries d SET session_id = m.session_id, session_name = s.label, planned_at = m.planned_at, wait_until = NULL,
        outcome = NULL, code = NULL
      FROM unnest(${moved.map((slot) => slot.deliveryId)}::text[]::bigint[], ${moved.map((slot) => slot.sessionId)}::uuid[],
                  ${moved.map((slot) => slot.plannedAt.toISOString())}::text[]::timestamptz[]) AS m(id, session_id, planned_at)
      JOIN sessions s ON s.id = m.session_id
      WHERE d.id = m.id AND d.state = 'planned'`;
  },

  async outcomes(cycleId) {
    const rows = await tx.delivery.groupBy({
      by: ["outcome"],
      where: { cycleId, outcome: { not: null } },
      _count: true,
    });
    return rows
      .map((row) => ({ outcome: OutcomeKind.parse(row.outcome), count: row._count }))
      .sort((a, b) => b.count - a.count);
  },

  async note(id, note) {
    await tx.cycle.update({ where: { id }, data: { note } });
  },

  counts: (cycleId) =>
    tx.cycle.findUniqueOrThrow({
      where: { id: cycleId },
      select: { planned: true, sending: true, sent: true, failed: true, skipped: true },
    }),
});

/** What may have reached Telegram and can never be asked again: failed, outcome unknown. */
async function giveUpSending(
  tx: PrismaTransaction,
  which: { cycleId: string } | { id: { in: bigint[] } },
  at: Date,
): Promise<void> {
  const given = await tx.delivery.updateManyAndReturn({
    where: { ...which, state: "sending" },
    data: { state: "failed", outcome: "unknown", settledAt: at, waitUntil: null },
    select: { groupId: true, botId: true },
  });
  if (given[0] === undefined) return;
  for (const { groupId } of given)
    await tx.group.updateMany({ where: { id: groupId }, data: { failed: { increment: 1 } } });
  const counts = { totalPosts: { increment: given.length }, totalFailures: { increment: given.length } };
  await tx.stats.updateMany({ where: { botId: given[0].botId }, data: counts });
}
