import type { BotConfigureInput, BotStatusDto, ForecastDto, HindranceDto } from "@herald/contract";
import { createCycle, isResumable, rebaseCycle } from "../bot/cycle-start.ts";
import { requirePlan } from "../bot/plan-check.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import type { Bot, Session } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import { resolveExecutionMode } from "../plan/execution-mode.ts";
import { findCycleProblem, forecastCycle } from "../plan/forecast.ts";
import { type Assignment, assignSessions, moveSessionFiles, rests } from "../pool/assign-sessions.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** How often a stop looks whether the lanes have ended, in milliseconds. */
const STOP_POLL_MS = 20;
/** A stop answers after this even if an engine hangs: from its commit on no claim is granted anyway. Milliseconds. */
const STOP_DEADLINE_MS = 10_000;

const wantedSessions = (bot: Bot, maxSessions: number): number =>
  Math.min(bot.sessionCount ?? maxSessions, maxSessions);

/** What the user must hear when a bot cannot get a single session. */
function noSessions(short: Assignment["short"]): HeraldError {
  return short === "api_pair"
    ? new HeraldError("no_api_pair", "No API pair has a free seat. Ask your admin to add one.")
    : new HeraldError("no_sessions", "The pool has no free account. Ask your admin to add sessions.");
}

/** Marks a cycle that nobody works on any more as open, so that the next start resumes it. @returns whether nobody does */
async function openIfReleased(tx: Transaction, cycleId: string, now: Date): Promise<boolean> {
  if (!(await tx.cycles.isReleased(cycleId))) return false;
  const cycle = await tx.cycles.find(cycleId);
  if (cycle?.state === "running") await tx.cycles.release(cycle.id, cycle.epoch, "open", now);
  return true;
}

export function botService(deps: Dependencies): Services["bots"] {
  const { store, views, clock, sessionFiles } = deps;

  const forecast = async (userId: string, draft: BotConfigureInput): Promise<ForecastDto | null> => {
    const status = await views.bot(userId);
    const viewer = await views.viewer(userId);
    const config = { ...status.config, ...withoutUndefined(draft) };
    const groups = status.groupCount - status.retiredGroupCount;
    if (groups === 0) return null;
    const maxSessions = viewer?.plan?.maxSessions ?? 0;
    const wanted = Math.min(config.sessionCount ?? maxSessions, maxSessions);
    return forecastCycle({
      executionMode: config.executionMode,
      groups,
      sessions: await views.startableSessions(userId, wanted),
      delayBetweenPosts: config.delayBetweenPosts,
      delayBetweenCycles: config.delayBetweenCycles,
      totalCycleMinutes: config.totalCycleMinutes,
      cooldownSeconds: await views.longestCooldown(userId),
    });
  };

  const hindrances = async (userId: string, bot: Omit<BotStatusDto, "hindrances">): Promise<HindranceDto[]> => {
    if (bot.status === "running") return [];
    const found: HindranceDto[] = [];
    const viewer = await views.viewer(userId);
    try {
      const plan = requirePlan(viewer?.plan ?? null, clock.now());
      if (bot.groupCount > plan.maxGroups)
        found.push({
          code: "plan_limit_groups",
          message: `The plan allows ${plan.maxGroups} groups and there are ${bot.groupCount}.`,
          mend: "groups",
        });
    } catch (error) {
      if (!(error instanceof HeraldError && (error.code === "plan_missing" || error.code === "plan_expired")))
        throw error;
      found.push({ code: error.code, message: error.message, mend: "admin" });
    }
    if (bot.stopReason === "breaker")
      found.push({
        code: "breaker_tripped",
        message: "The breaker stopped this bot. An admin has to clear it.",
        mend: "admin",
      });
    if (bot.config.post === null) found.push({ code: "no_post", message: "There is no post yet.", mend: "post" });
    if (bot.groupCount === bot.retiredGroupCount)
      found.push({
        code: "no_groups",
        message: bot.groupCount === 0 ? "There are no groups yet." : "Every group has refused.",
        mend: "groups",
      });
    const cast = found.length === 0 ? await forecast(userId, {}) : null;
    if (cast !== null && cast.sessions === 0)
      found.push({ code: "no_sessions", message: "The pool has no free account for this bot.", mend: "admin" });
    else if (cast !== null && cast.problem !== null)
      found.push({ code: "infeasible_cycle", message: cast.problem, mend: "settings" });
    return found;
  };

  const status = async (userId: string): Promise<BotStatusDto> => {
    const bot = await views.bot(userId);
    return { ...bot, hindrances: await hindrances(userId, bot) };
  };

  const requireReady = (sessions: Session[], short: Assignment["short"], now: Date): void => {
    if (sessions.length === 0) throw noSessions(short);
    if (sessions.every((session) => rests(session, now))) {
      const back = sessions.flatMap((s) => (s.needsAdmin || s.restingUntil === null ? [] : [s.restingUntil.getTime()]));
      throw new HeraldError(
        "no_sessions",
        back.length === 0
          ? "Telegram has limited every account of this bot. Ask your admin to look at them."
          : `Every account of this bot rests because Telegram asked for it; the first is back at ${new Date(Math.min(...back)).toISOString()}.`,
      );
    }
  };

  const startIn = async (
    tx: Transaction,
    userId: string,
    input: Parameters<Services["bots"]["start"]>[1],
  ): Promise<Assignment | null> => {
    const now = clock.now();
    const user = await tx.users.find(userId);
    if (user === null) throw new HeraldError("not_found", "This user does not exist.");
    const before = await tx.bots.lock(userId);
    if (before.status === "running") return null;
    const plan = requirePlan(user.plan, now);
    const { executionMode, totalCycleMinutes } = resolveExecutionMode({
      requested: input.executionMode ?? null,
      requestedTotalCycleMinutes: input.totalCycleMinutes ?? null,
      planType: plan.type,
      configured: { totalCycleMinutes: before.totalCycleMinutes },
    });
    if (before.breakerTrippedAt !== null)
      throw new HeraldError(
        "breaker_tripped",
        "Telegram took several accounts because of this post, so the bot was stopped. An admin has to clear it.",
      );
    if (before.post === null) throw new HeraldError("no_post", "Set what is to be posted first.", { field: "post" });
    const groups = await tx.groups.list(userId);
    if (groups.length > plan.maxGroups)
      throw new HeraldError(
        "plan_limit_groups",
        `The plan allows ${plan.maxGroups} groups and there are ${groups.length}. Remove ${groups.length - plan.maxGroups}.`,
        { details: { maxGroups: plan.maxGroups, groups: groups.length } },
      );
    const active = groups.filter((group) => group.state === "active");
    if (active.length === 0) throw new HeraldError("no_groups", "Add at least one group that takes posts.");

    const bot: Bot = { ...before, executionMode, totalCycleMinutes: totalCycleMinutes ?? before.totalCycleMinutes };
    const assignment = await assignSessions(tx, userId, wantedSessions(bot, plan.maxSessions));
    requireReady(assignment.sessions, assignment.short, now);
    const problem = findCycleProblem({
      executionMode,
      groups: active.length,
      sessions: assignment.sessions.filter((session) => !rests(session, now)).length,
      delayBetweenPosts: bot.delayBetweenPosts,
      delayBetweenCycles: bot.delayBetweenCycles,
      totalCycleMinutes: bot.totalCycleMinutes,
      cooldownSeconds: await views.longestCooldown(userId),
    });
    if (problem !== null)
      throw new HeraldError(problem.code, problem.message, { field: "totalCycleMinutes", details: problem.details });

    await tx.bots.update(userId, {
      status: "running",
      stopReason: null,
      stopMessage: null,
      startedAt: now,
      stoppedAt: null,
      nextCycleAt: null,
      executionMode: bot.executionMode,
      totalCycleMinutes: bot.totalCycleMinutes,
    });
    const open = await tx.cycles.current(userId);
    let left = 0;
    if (open !== null && isResumable(open, bot)) left = await rebaseCycle(tx, open, assignment.sessions, now);
    if (open !== null && left > 0) {
      await tx.cycles.reopen(open.id);
      await tx.log({ userId, level: "info", text: `Posting goes on: ${left} posts of this cycle are left.` });
      await tx.enqueueCycle({ userId, number: open.number }, now);
    } else {
      if (open !== null) await tx.cycles.close(open.id, "bot_changed", now);
      const cycle = await createCycle(tx, deps.random, bot, active, assignment.sessions, now);
      if (cycle === null)
        throw new HeraldError("no_groups", "Every group has refused these accounts. Add groups, or ask your admin.");
      await tx.log({ userId, level: "info", text: "Posting started." });
      await tx.enqueueCycle({ userId, number: cycle.number }, now);
    }
    await tx.changed(userId, "bot");
    if (assignment.taken.length + assignment.released.length > 0) await tx.poolChanged();
    return assignment;
  };

  return {
    status,
    forecast,

    async start(userId, input) {
      const assignment = await store.transaction((tx) => startIn(tx, userId, input));
      if (assignment !== null) await moveSessionFiles(sessionFiles, userId, assignment);
      return status(userId);
    },

    async stop(userId, by) {
      const cycleId = await store.transaction(async (tx) => {
        const bot = await tx.bots.lock(userId);
        const cycle = await tx.cycles.current(userId);
        if (bot.status === "running") {
          const text = by === "admin" ? "An admin stopped posting." : "Posting stopped.";
          await tx.bots.update(userId, {
            status: "stopped",
            stopReason: by,
            stopMessage: text,
            stoppedAt: clock.now(),
            nextCycleAt: null,
          });
          await tx.log({ userId, level: "info", text });
          await tx.changed(userId, "bot");
        }
        return cycle?.id ?? null;
      });
      // no claim is granted any more; what had left before is answered or cut before this answers
      const deadline = clock.monotonic() + STOP_DEADLINE_MS;
      const never = new AbortController().signal;
      while (cycleId !== null && clock.monotonic() < deadline) {
        if (await store.transaction((tx) => openIfReleased(tx, cycleId, clock.now()))) break;
        await clock.sleep(STOP_POLL_MS, never);
      }
      return status(userId);
    },

    async configure(userId, input) {
      await store.transaction(async (tx) => {
        const user = await tx.users.find(userId);
        await tx.bots.lock(userId);
        if (
          user?.plan &&
          input.sessionCount !== undefined &&
          input.sessionCount !== null &&
          input.sessionCount > user.plan.maxSessions
        )
          throw new HeraldError("plan_limit_sessions", `The plan allows ${user.plan.maxSessions} accounts.`, {
            field: "sessionCount",
            details: { maxSessions: user.plan.maxSessions },
          });
        await tx.bots.update(userId, withoutUndefined(input));
        await tx.changed(userId, "bot");
      });
      return status(userId);
    },

    log: (userId, page) => views.log(userId, page),

    async clearBreaker(userId) {
      await store.transaction(async (tx) => {
        const bot = await tx.bots.lock(userId);
        if (bot.breakerTrippedAt === null) return;
        const text = "An admin cleared the breaker: posting may be started again.";
        await tx.bots.update(userId, {
          breakerTrippedAt: null,
          breakerClearedAt: clock.now(),
          stopReason: "admin",
          stopMessage: text,
        });
        await tx.log({ userId, level: "info", text });
        await tx.changed(userId, "bot");
      });
      return status(userId);
    },
  };
}
