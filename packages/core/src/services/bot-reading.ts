import { type BotConfigureInput, type BotStateDto, type BotStatusDto, modeOf } from "@herald/contract";
import { startProblems } from "../bot/start-problems.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { HeraldError } from "../model/error.ts";
import { forecastCycle } from "../plan/forecast.ts";
import { wantedSessions } from "../pool/assign-sessions.ts";
import { predictSessions } from "../pool/session-state.ts";
import type { Clock, Views } from "../ports/index.ts";

/** Reads a bot once, and judges what was read: its status, and what its settings with `draft` over them come to. */
export async function readBot(
  { views, clock }: { views: Views; clock: Clock },
  userId: string,
  draft: BotConfigureInput = {},
): Promise<BotStateDto> {
  const [bot, viewer, start] = await Promise.all([views.bot(userId), views.viewer(userId), views.start(userId)]);
  if (viewer === null) throw new HeraldError("not_found", "This user does not exist any more.");
  const { plan } = viewer;
  const now = clock.now();
  const active = bot.groupCount - bot.retiredGroupCount;
  const judge = (config: BotStatusDto["config"]) => {
    const sessions =
      plan === null
        ? null
        : predictSessions({ ...start, own: bot.own }, wantedSessions(config.sessionCount, plan), now);
    const settings = {
      executionMode: modeOf(config.executionMode, plan?.type),
      delayBetweenPosts: config.delayBetweenPosts,
      delayBetweenCycles: config.delayBetweenCycles,
      totalCycleMinutes: config.totalCycleMinutes,
      cooldownSeconds: start.longestCooldown,
    };
    return { sessions, settings };
  };
  const { sessions, settings } = judge(bot.config);
  const problems =
    bot.status === "running"
      ? []
      : startProblems({
          now,
          plan,
          isBreakerTripped: bot.breakerTrippedAt !== null,
          isContentRefused: bot.contentRefusedAt !== null,
          hasPost: bot.config.post !== null,
          groups: { all: bot.groupCount, active },
          sessions,
          settings,
        });
  const drafted = judge({ ...bot.config, ...withoutUndefined(draft) });
  const { breakerTrippedAt: _tripped, contentRefusedAt: _refused, own: _own, ...seen } = bot;
  return {
    viewer,
    status: {
      ...seen,
      executionMode: settings.executionMode,
      hindrances: problems.map(({ code, message, mend }) => ({ code, message, mend })),
    },
    forecast:
      active === 0
        ? null
        : forecastCycle({ ...drafted.settings, groups: active, sessions: drafted.sessions?.ready ?? 0 }),
  };
}
