import { modeOf } from "@herald/contract";
import { earliest } from "../lib/earliest.ts";
import type { Bot, Cycle, User } from "../model/domain.ts";
import { type Assignment, assignSessions, wantedSessions } from "../pool/assign-sessions.ts";
import { summarize } from "../pool/session-state.ts";
import type { Random, Transaction } from "../ports/index.ts";
import { createCycle, isResumable, rebaseCycle } from "./cycle-start.ts";
import { nothingToPost, type StartFacts, type StartProblem, startProblems } from "./start-problems.ts";

export type BegunCycle =
  /** a new one, or with `resumed` (how many of its posts are left) what was left of one that was cut off */
  | { kind: "begun"; cycle: Cycle; resumed: number | null; assignment: Assignment }
  | { kind: "refused"; problem: StartProblem };

/**
 * Begins the bot's next cycle, for a start and for every later one: plan → accounts → ready? → feasible? → cycle. The cycle
 * that was cut off goes on where it still is what the bot wants. `bot` is locked. A caller that throws what is refused
 * changes nothing; one that commits keeps the accounts that were assigned.
 */
export async function beginCycle(
  tx: Transaction,
  { bot, user, now, random }: { bot: Bot; user: User; now: Date; random: Random },
): Promise<BegunCycle & { assignment?: Assignment }> {
  const { plan } = user;
  const executionMode = modeOf(bot.executionMode, plan?.type);
  const groups = await tx.groups.list(bot.id);
  const active = groups.filter((group) => group.state === "active");
  const facts: StartFacts = {
    now,
    plan,
    isBreakerTripped: bot.breakerTrippedAt !== null,
    isContentRefused: bot.contentRefusedAt !== null,
    hasPost: bot.post !== null,
    groups: { all: groups.length, active: active.length },
    sessions: null,
    settings: {
      executionMode,
      delayBetweenPosts: bot.delayBetweenPosts,
      delayBetweenCycles: bot.delayBetweenCycles,
      totalCycleMinutes: bot.totalCycleMinutes,
      cooldownSeconds: await tx.groups.longestCooldown(bot.id),
    },
  };
  const [early] = startProblems(facts);
  if (early !== undefined) return { kind: "refused", problem: early };

  const open = await tx.cycles.current(bot.id);
  const assignment = await assignSessions(tx, bot.userId, wantedSessions(bot.sessionCount, plan), now);
  const { sessions } = assignment;
  if (assignment.taken.length + assignment.released.length > 0) await tx.poolChanged();
  const [problem] = startProblems({ ...facts, sessions: summarize(sessions, assignment, now) });
  if (problem !== undefined) return { kind: "refused", problem, assignment };

  if (open !== null && isResumable(open, bot, executionMode)) {
    const left = await rebaseCycle(tx, open, sessions, now);
    if (left > 0) {
      await tx.cycles.reopen(open.id);
      return { kind: "begun", cycle: open, resumed: left, assignment };
    }
  }
  if (open !== null) await tx.cycles.close(open.id, "bot_changed", now);
  const made = await createCycle(tx, random, bot, executionMode, active, sessions, now);
  if (made.kind === "made") return { kind: "begun", cycle: made.cycle, resumed: null, assignment };
  // an account that the pool gives then is refused by no group yet
  const until = earliest([made.until, assignment.poolBack].flatMap((at) => at ?? []));
  return { kind: "refused", problem: nothingToPost({ ...made, until }, now), assignment };
}
