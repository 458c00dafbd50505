import type { ExecutionMode } from "@herald/contract";
import { distributeGroups } from "./distribution.ts";
import { checkTotalCycleMinutes } from "./execution-mode.ts";
import { partitionPermitted } from "./permitted-partition.ts";
import { sessionStartOffsets } from "./start-offsets.ts";

/** One planned post. `offset` in seconds from the start of the cycle, maybe fractional. */
export interface PlannedSlot {
  sessionId: string;
  groupId: string;
  offset: number;
}

/** One session's sequence. `startOffset` is when it begins, in seconds; its slots are ordered by time. */
export interface PlannedLane {
  sessionId: string;
  startOffset: number;
  slots: PlannedSlot[];
}

export interface CyclePlan {
  /** all slots, ordered by time; slots of the same time in the order of the sessions */
  slots: PlannedSlot[];
  /** one a session, in the order of the sessions; a lane may be empty */
  lanes: PlannedLane[];
}

/**
 * Plans one pass of a bot: who posts where, when. Pure, and the same for the same input.
 *
 * A pair that `isPairRetired` names is never planned. In STARTER its place in the lane stays empty, so that the posts to
 * every other group keep their distance. In ENTERPRISE another session takes the group; when none may, the group is left out.
 * @param input.groupIds distinct, in the order in which they are posted to
 * @param input.sessionIds distinct
 * @param input.delayBetweenPosts seconds from one post of a lane to its next
 * @param input.totalCycleMinutes STARTER only
 * @throws HeraldError `total_cycle_minutes_required` for STARTER without it, `invalid_execution_mode`
 */
export function planCycle(input: {
  mode: ExecutionMode;
  groupIds: readonly string[];
  sessionIds: readonly string[];
  delayBetweenPosts: number;
  totalCycleMinutes: number | null;
  isPairRetired?: ((sessionId: string, groupId: string) => boolean) | undefined;
}): CyclePlan {
  const { mode, groupIds, sessionIds, delayBetweenPosts, totalCycleMinutes, isPairRetired } = input;
  const mayPost = (sessionId: string, groupId: string) => !isPairRetired?.(sessionId, groupId);
  const startOffsets =
    mode === "starter" ? sessionStartOffsets(sessionIds.length, checkTotalCycleMinutes(totalCycleMinutes)) : [];
  const distribution =
    mode === "enterprise" && isPairRetired
      ? partitionPermitted(groupIds, sessionIds, mayPost)
      : distributeGroups(groupIds, sessionIds.length, mode);

  const lanes = sessionIds.map((sessionId, session): PlannedLane => {
    const startOffset = startOffsets[session] ?? 0;
    const slots = (distribution[session] ?? [])
      .map((groupId, place) => ({ sessionId, groupId, offset: startOffset + place * delayBetweenPosts }))
      .filter((slot) => mayPost(sessionId, slot.groupId));
    return { sessionId, startOffset, slots };
  });
  // a stable sort: lanes stand in the order of the sessions
  return { slots: lanes.flatMap((lane) => lane.slots).sort((a, b) => a.offset - b.offset), lanes };
}
