import type { ExecutionMode } from "@herald/contract";
import { earliest } from "../lib/earliest.ts";
import type { Bot, Cycle, Group, Session } from "../model/domain.ts";
import { samePost } from "../model/post.ts";
import { planCycle } from "../plan/cycle-plan.ts";
import { rests, usableFrom } from "../pool/session-state.ts";
import type { Random, Transaction } from "../ports/index.ts";

/** No account may post to any group now. */
export interface NothingToPost {
  kind: "nothing_to_post";
  /** when the first of them may, if nobody does anything; null: never */
  until: Date | null;
  /** what stands between some of them is this post: another may be let in */
  isPostRefused: boolean;
}

export type MadeCycle = { kind: "made"; cycle: Cycle } | NothingToPost;

/**
 * Plans a new cycle of the bot and writes it with its deliveries, each with its random_id.
 * @param groups the active ones
 * @param sessions those with a seat, also while they rest
 */
export async function createCycle(
  tx: Transaction,
  random: Random,
  bot: Bot,
  executionMode: ExecutionMode,
  groups: readonly Group[],
  sessions: readonly Session[],
  now: Date,
): Promise<MadeCycle> {
  if (bot.post === null) return { kind: "nothing_to_post", until: null, isPostRefused: false };
  const ready = sessions.filter((session) => !rests(session, now));
  // also of those that rest: who is back first may be one whom no group refuses
  const refusals = await tx.sessionChats.refusals(
    bot.userId,
    sessions.map((session) => session.id),
    bot.post,
    now,
  );
  const refusalOf = new Map(refusals.map((refusal) => [pairKey(refusal.sessionId, refusal.groupId), refusal]));
  const { slots } = planCycle({
    mode: executionMode,
    groupIds: groups.map((group) => group.id),
    sessionIds: ready.map((session) => session.id),
    delayBetweenPosts: bot.delayBetweenPosts,
    totalCycleMinutes: bot.totalCycleMinutes,
    isPairRetired: (sessionId, groupId) => refusalOf.has(pairKey(sessionId, groupId)),
  });
  if (slots.length === 0) {
    const isPostRefused = refusals.some(({ until, lasting }) => until === null && !lasting);
    return { kind: "nothing_to_post", until: earliest(openings(sessions, groups, refusalOf, now)), isPostRefused };
  }
  const cycle = await tx.cycles.create({
    botId: bot.id,
    userId: bot.userId,
    executionMode,
    postId: bot.post.id,
    post: { type: bot.post.type, content: bot.post.content },
    delayBetweenPosts: bot.delayBetweenPosts,
    totalCycleMinutes: executionMode === "starter" ? bot.totalCycleMinutes : null,
    startedAt: now,
    slots: slots.map(({ sessionId, groupId, offset }) => ({
      sessionId,
      groupId,
      plannedAt: new Date(now.getTime() + offset * 1000),
      randomId: random.int64(),
    })),
  });
  return { kind: "made", cycle };
}

const pairKey = (sessionId: string, groupId: string): string => `${sessionId} ${groupId}`;

/** For each account and group when the one may post to the other: when both the account's rest and the refusal are over. */
function* openings(
  sessions: readonly Session[],
  groups: readonly Group[],
  refusalOf: ReadonlyMap<string, { until: Date | null }>,
  now: Date,
): Iterable<Date> {
  for (const session of sessions) {
    const from = usableFrom(session, now);
    if (from === null) continue;
    for (const { id } of groups) {
      const refusal = refusalOf.get(pairKey(session.id, id));
      if (refusal === undefined) yield from;
      else if (refusal.until !== null) yield new Date(Math.max(from.getTime(), refusal.until.getTime()));
    }
  }
}

/** Whether what is left of a cut-off cycle is still what the bot wants: the same post in the same rhythm. */
export function isResumable(cycle: Cycle, bot: Bot, executionMode: ExecutionMode): boolean {
  return (
    samePost(cycle.post, bot.post) &&
    cycle.executionMode === executionMode &&
    cycle.delayBetweenPosts === bot.delayBetweenPosts &&
    (cycle.executionMode === "enterprise" || cycle.totalCycleMinutes === bot.totalCycleMinutes)
  );
}

/**
 * Brings an open cycle up to `now`: what is left moves as one block so that its first slot is due now, and what only a dead
 * session could have sent is given up (a session that may have sent is never replaced for that slot).
 * @returns how many deliveries are left to do
 */
export async function rebaseCycle(
  tx: Transaction,
  cycle: Cycle,
  living: readonly Session[],
  now: Date,
): Promise<number> {
  const alive = new Set(living.map((session) => session.id));
  const open = await tx.cycles.openDeliveries(cycle.id);
  const lost = open.filter((delivery) => !alive.has(delivery.sessionId));
  if (lost.length > 0)
    await tx.cycles.skip(
      lost.map((delivery) => delivery.id),
      "session_lost",
      now,
    );
  const left = open.filter((delivery) => alive.has(delivery.sessionId));
  const first = earliest(left.map((delivery) => delivery.plannedAt));
  const late = first === null ? 0 : now.getTime() - first.getTime();
  if (late > 0)
    await tx.cycles.reschedule(
      left.map(({ id, plannedAt }) => ({ id, plannedAt: new Date(plannedAt.getTime() + late) })),
    );
  return left.length;
}
