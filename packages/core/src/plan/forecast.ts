import type { ExecutionMode, ForecastDto } from "@herald/contract";
import { humanDuration } from "../lib/duration.ts";
import { distributeEnterprise } from "./distribution.ts";
import { checkTotalCycleMinutes, MAX_TOTAL_CYCLE_MINUTES } from "./execution-mode.ts";
import { sessionStartOffsets } from "./start-offsets.ts";

/** A bot's settings as numbers. Times in seconds but `totalCycleMinutes`, which STARTER alone looks at. */
export interface CycleSettings {
  executionMode: ExecutionMode;
  groups: number;
  sessions: number;
  delayBetweenPosts: number;
  delayBetweenCycles: number;
  totalCycleMinutes: number | null;
  /** the largest cool-down among the target chats, in seconds */
  cooldownSeconds: number;
}

/** Why a STARTER cycle does not fit: the numbers, and in `message` the same for the person. */
export interface CycleProblem {
  code: "infeasible_cycle" | "cooldown_too_long";
  message: string;
  details: Record<string, number>;
}

/**
 * What the settings come to. A lane of n posts takes n × delay (the seeds: 10 groups at 5 s are "~50s"), the cycle as long
 * as from its start to its last post (the seeds' third example: "~15s"). A cycle without a group or a session is feasible:
 * it posts nothing.
 * @throws HeraldError as {@link checkTotalCycleMinutes} does, for STARTER
 */
export function forecastCycle(settings: CycleSettings): ForecastDto {
  const { executionMode, groups, sessions, delayBetweenPosts, delayBetweenCycles } = settings;
  const starter = executionMode === "starter";
  const totalCycleMinutes = starter ? checkTotalCycleMinutes(settings.totalCycleMinutes) : 0;
  const startOffsets = starter ? sessionStartOffsets(sessions, totalCycleMinutes) : [];
  const postsOf = starter
    ? Array.from({ length: sessions }, () => groups)
    : distributeEnterprise(Array.from({ length: groups }), sessions).map((lane) => lane.length);
  const lanes = postsOf.map((posts, session) => ({
    startOffset: startOffsets[session] ?? 0,
    posts,
    length: posts * delayBetweenPosts,
  }));
  const lastPostAt = lanes.reduce(
    (last, lane) => Math.max(last, lane.startOffset + Math.max(0, lane.posts - 1) * delayBetweenPosts),
    0,
  );
  const problem = findCycleProblem(settings);
  return {
    feasible: problem === null,
    problem: problem?.message ?? null,
    smallestTotalCycleMinutes: starter ? smallestTotalCycleMinutes(settings) : null,
    executionMode,
    sessions,
    groups,
    posts: lanes.reduce((sum, lane) => sum + lane.posts, 0),
    postsPerGroup: groups === 0 || sessions === 0 ? 0 : starter ? sessions : 1,
    firstPostAt: 0,
    lastPostAt,
    length: lastPostAt,
    repeatsEvery: starter ? totalCycleMinutes * 60 : lastPostAt + delayBetweenCycles,
    lanes,
  };
}

/**
 * What is wrong with a STARTER cycle, null when it fits. It fits when each lane is over before the next begins (groups ×
 * delay ≤ total / sessions; exactly as long is still good, because a lane's last post is one delay before its end), and
 * when two posts to one group, which are total / sessions apart, are no closer than the cool-down. ENTERPRISE always fits:
 * its cycles follow each other, and a post that comes within a cool-down waits.
 */
export function findCycleProblem(settings: CycleSettings): CycleProblem | null {
  const { executionMode, groups, sessions, delayBetweenPosts, cooldownSeconds } = settings;
  if (executionMode !== "starter" || groups === 0) return null;
  const totalCycleMinutes = checkTotalCycleMinutes(settings.totalCycleMinutes);
  // in whole numbers, so that the boundary is exact
  const totalSeconds = totalCycleMinutes * 60;
  const laneSeconds = groups * delayBetweenPosts;
  const tooLong = laneSeconds * sessions > totalSeconds;
  if (!tooLong && cooldownSeconds * sessions <= totalSeconds) return null;

  const spacing = totalSeconds / sessions;
  const smallest = smallestTotalCycleMinutes(settings);
  const details = {
    groups,
    sessions,
    delayBetweenPosts,
    totalCycleMinutes,
    laneSeconds,
    cooldownSeconds,
    spacingSeconds: Math.floor(spacing),
    ...(smallest === null ? {} : { smallestTotalCycleMinutes: smallest }),
  };
  const cycle = `${counted(sessions, "account")} in ${counted(totalCycleMinutes, "minute")}`;
  const longer =
    smallest === null ? "No cycle of at most 7 days fits: choose" : `Choose at least ${counted(smallest, "minute")},`;
  return tooLong
    ? {
        code: "infeasible_cycle",
        message: `${counted(groups, "group")} with ${humanDuration(delayBetweenPosts)} between posts take one account ${humanDuration(laneSeconds)}, but with ${cycle} the next begins after ${shortened(spacing)}. ${longer} fewer groups, fewer accounts or a shorter delay.`,
        details,
      }
    : {
        code: "cooldown_too_long",
        message: `One of your groups takes a post every ${humanDuration(cooldownSeconds)} at most, but ${cycle} post to each group every ${shortened(spacing)}. ${longer} fewer accounts or leave that group out.`,
        details,
      };
}

/** The shortest STARTER cycle that fits, in minutes; null when even the longest allowed does not. */
function smallestTotalCycleMinutes({ groups, sessions, delayBetweenPosts, cooldownSeconds }: CycleSettings) {
  const seconds = sessions * Math.max(groups * delayBetweenPosts, cooldownSeconds);
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return minutes <= MAX_TOTAL_CYCLE_MINUTES ? minutes : null;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
/** Rounded down: a spacing must not look longer than it is. */
const shortened = (seconds: number) => humanDuration(Math.floor(seconds));
