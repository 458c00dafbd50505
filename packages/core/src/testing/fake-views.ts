import type { Views } from "../ports/index.ts";
import type { FakeBots } from "./fake-bots.ts";
import { only } from "./only.ts";

const iso = (at: Date | null) => at?.toISOString() ?? null;

/** What the pages read of a bot, from the same rows that its services write. */
export const viewsOf = (fakes: FakeBots): Views =>
  only<Views>({
    viewer: async () => {
      const { id, email, name, role, plan, timeZone } = fakes.user;
      return { id, email, name, role, plan, timeZone, apiKeyHint: null };
    },
    bot: async (userId) => {
      const { bot, groups } = fakes;
      return {
        status: bot.status,
        stopReason: bot.stopReason,
        stopMessage: bot.stopMessage,
        startedAt: iso(bot.startedAt),
        stoppedAt: iso(bot.stoppedAt),
        nextCycleAt: iso(bot.nextCycleAt),
        breakerTrippedAt: iso(bot.breakerTrippedAt),
        contentRefusedAt: iso(bot.contentRefusedAt),
        own: fakes.sessions.filter((session) => session.userId === userId && session.place === "assigned"),
        config: {
          post: bot.post,
          executionMode: bot.executionMode,
          totalCycleMinutes: bot.totalCycleMinutes,
          delayBetweenPosts: bot.delayBetweenPosts,
          delayBetweenCycles: bot.delayBetweenCycles,
          sessionCount: bot.sessionCount,
        },
        sessions: [],
        groupCount: groups.length,
        retiredGroupCount: groups.filter(({ state }) => state === "retired").length,
        cycle: null,
        stats: {
          totalPosts: 0,
          totalSuccess: 0,
          totalFailures: 0,
          totalFloodWaits: 0,
          totalMessagesSent: 0,
          activeSessions: 0,
          bannedSessions: 0,
          lastActivity: null,
        },
      };
    },
    start: async () => ({
      unused: fakes.sessions.filter(({ place }) => place === "unused").length,
      unusedBack: null,
      freeSeats: 7,
      longestCooldown: fakes.cooldownSeconds,
    }),
    groups: async () => [],
  });
