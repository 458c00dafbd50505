import type { ExecutionMode } from "@herald/contract";
import { HeraldError } from "../model/error.ts";

/** STARTER: every session gets every group, in order, each in an array of its own. No sessions: no lanes. */
export function distributeStarter<T>(groups: readonly T[], sessionCount: number): T[][] {
  return Array.from({ length: sessionCount }, () => [...groups]);
}

/**
 * ENTERPRISE: cuts the groups into `sessionCount` consecutive parts whose sizes differ by at most one, the larger first
 * (10 groups for 3 sessions: 4, 3, 3). No sessions: no lanes. More sessions than groups: the last lanes are empty.
 */
export function distributeEnterprise<T>(groups: readonly T[], sessionCount: number): T[][] {
  const size = Math.floor(groups.length / sessionCount);
  const larger = groups.length % sessionCount;
  const startOf = (lane: number) => lane * size + Math.min(lane, larger);
  return Array.from({ length: sessionCount }, (_, lane) => groups.slice(startOf(lane), startOf(lane + 1)));
}

/**
 * Deals the groups out to the sessions, one array a session, as the mode wants it.
 * @throws HeraldError `invalid_execution_mode` for any other mode: there is no silent default.
 */
export function distributeGroups<T>(groups: readonly T[], sessionCount: number, mode: ExecutionMode): T[][] {
  switch (mode) {
    case "starter":
      return distributeStarter(groups, sessionCount);
    case "enterprise":
      return distributeEnterprise(groups, sessionCount);
    default:
      throw new HeraldError("invalid_execution_mode", "Invalid execution_mode", { field: "executionMode" });
  }
}
