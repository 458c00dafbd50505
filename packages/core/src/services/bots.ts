import type { BotStatusDto, ExecutionMode } from "@herald/contract";
import { beginCycle } from "../bot/begin-cycle.ts";
import { refusalOf } from "../bot/start-problems.ts";
import { stopBot } from "../bot/stop-bot.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { actsOnAnother, type Person } from "../model/actor.ts";
import { changed, type Facts } from "../model/audit.ts";
import type { Bot } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import { samePost } from "../model/post.ts";
import { resolveExecutionMode } from "../plan/execution-mode.ts";
import type { Assignment } from "../pool/assign-sessions.ts";
import { moveSessionFiles } from "../pool/session-files.ts";
import type { Transaction } from "../ports/index.ts";
import { readBot } from "./bot-reading.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** How often a stop looks whether the lanes have ended, in milliseconds. */
const STOP_POLL_MS = 20;
/** A stop answers after this even if an engine hangs: from its commit on no claim is granted anyway. Milliseconds. */
const STOP_DEADLINE_MS = 10_000;

const chosenMode = (
  before: Bot,
  requested: string | null | undefined,
  resolved: ExecutionMode,
): ExecutionMode | null => {
  if (requested === undefined) return before.executionMode;
  return requested === null ? null : resolved;
};

/** What the audit keeps of a bot's settings. */
const settingsOf = (bot: Bot): Facts => ({
  post: bot.post,
  executionMode: bot.executionMode,
  totalCycleMinutes: bot.totalCycleMinutes,
  delayBetweenPosts: bot.delayBetweenPosts,
  delayBetweenCycles: bot.delayBetweenCycles,
  sessionCount: bot.sessionCount,
});

/** Marks a cycle that nobody works on any more as open, so that the next start resumes it. @returns whether nobody does */
async function openIfReleased(tx: Transaction, cycleId: string, now: Date): Promise<boolean> {
  if (!(await tx.cycles.isReleased(cycleId))) return false;
  const cycle = await tx.cycles.find(cycleId);
  if (cycle?.state === "running") await tx.cycles.release(cycle.id, cycle.epoch, "open", now);
  return true;
}

export function botService(deps: Dependencies): Services["bots"] {
  const { store, views, clock } = deps;

  const status = async (userId: string): Promise<BotStatusDto> => (await readBot(deps, userId)).status;

  const startIn = async (
    tx: Transaction,
    actor: Person,
    input: Parameters<Services["bots"]["start"]>[1],
  ): Promise<Assignment | null> => {
    const now = clock.now();
    const userId = actor.id;
    const before = await tx.bots.lockOfUser(userId);
    // after the bot is locked: a disabling at the same moment is seen, or sees this start
    const user = await tx.users.find(userId);
    if (user === null) throw new HeraldError("not_found", "This user does not exist.");
    if (user.disabled) throw new HeraldError("forbidden", "An admin disabled this account. Nothing was started.");
    if (before.status === "running") return null;
    const { executionMode, totalCycleMinutes } = resolveExecutionMode({
      requested: input.executionMode,
      requestedTotalCycleMinutes: input.totalCycleMinutes ?? null,
      planType: user.plan?.type,
      configured: before,
    });
    const bot: Bot = {
      ...before,
      // a mode that is asked for by name is a choice, and stands until there is another
      executionMode: chosenMode(before, input.executionMode, executionMode),
      totalCycleMinutes: totalCycleMinutes ?? before.totalCycleMinutes,
    };
    const begun = await beginCycle(tx, { bot, user, now, random: deps.random });
    if (begun.kind === "refused") throw refusalOf(begun.problem);
    await tx.bots.update(bot.id, {
      status: "running",
      stopReason: null,
      stopMessage: null,
      startedAt: now,
      stoppedAt: null,
      nextCycleAt: null,
      faults: 0,
      retryAt: null,
      executionMode: bot.executionMode,
      totalCycleMinutes: bot.totalCycleMinutes,
    });
    const { cycle, resumed, assignment } = begun;
    const text = resumed === null ? "Posting started." : `Posting goes on: ${resumed} posts of this cycle are left.`;
    await tx.log({ botId: bot.id, userId, level: "info", text });
    await tx.enqueueCycle({ botId: bot.id, userId, number: cycle.number }, now);
    await tx.audit({
      actor,
      action: "bot.start",
      target: { kind: "bot", id: bot.id },
      userId,
      before: { status: "stopped", stopReason: before.stopReason },
      after: {
        status: "running",
        stopReason: null,
        ...changed(settingsOf(before), settingsOf(bot))?.after,
      },
    });
    await tx.changed(userId, "bot");
    return assignment;
  };

  return {
    status,

    async unconfirmed(userId) {
      const [own] = await views.unconfirmed(clock.now(), userId);
      return own === undefined ? null : { since: own.since, due: own.due };
    },
    forecast: async (userId, draft) => (await readBot(deps, userId, draft)).forecast,

    async start(actor, input) {
      const userId = actor.id;
      const started = await store.transaction((tx) => startIn(tx, actor, input));
      if (started !== null) await moveSessionFiles(deps, [...started.taken, ...started.released]);
      return status(userId);
    },

    async stop(actor, userId) {
      const byAdmin = actsOnAnother(actor, userId);
      const cycleId = await store.transaction(async (tx) => {
        const bot = await tx.bots.lockOfUser(userId);
        const cycle = await tx.cycles.current(bot.id);
        const text = byAdmin ? "An admin stopped posting." : "Posting stopped.";
        await stopBot(tx, bot, { actor, reason: byAdmin ? "admin" : "user", text, level: "info", at: clock.now() });
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

    async configure(actor, input) {
      const userId = actor.id;
      await store.transaction(async (tx) => {
        const user = await tx.users.find(userId);
        const bot = await tx.bots.lockOfUser(userId);
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
        const change = withoutUndefined(input);
        const isOther = change.post !== undefined && !samePost(bot.post, change.post);
        await tx.bots.update(bot.id, { ...change, ...(isOther ? { contentRefusedAt: null } : {}) });
        const after = await tx.bots.find(bot.id);
        const difference = changed(settingsOf(bot), settingsOf(after));
        if (difference !== null)
          await tx.audit({
            actor,
            action: "bot.configure",
            target: { kind: "bot", id: bot.id },
            userId,
            ...difference,
          });
        await tx.changed(userId, "bot");
      });
      return status(userId);
    },

    log: (userId, page) => views.log(userId, page),

    async clearBreaker(actor, userId) {
      await store.transaction(async (tx) => {
        const bot = await tx.bots.lockOfUser(userId);
        if (bot.breakerTrippedAt === null) return;
        const text = "An admin cleared the breaker: posting may be started again.";
        await tx.bots.update(bot.id, {
          breakerTrippedAt: null,
          breakerClearedAt: clock.now(),
          stopReason: "admin",
          stopMessage: text,
        });
        await tx.log({ botId: bot.id, userId, level: "info", text });
        await tx.audit({
          actor,
          action: "bot.clear_breaker",
          target: { kind: "bot", id: bot.id },
          userId,
          before: { breakerTrippedAt: bot.breakerTrippedAt.toISOString() },
          after: { breakerTrippedAt: null },
        });
        await tx.changed(userId, "bot");
      });
      return status(userId);
    },
  };
}
