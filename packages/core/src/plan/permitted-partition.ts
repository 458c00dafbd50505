import { distributeEnterprise } from "./distribution.ts";

type MayPost = (sessionId: string, groupId: string) => boolean;
interface Lane {
  sessionId: string;
  groupIds: string[];
}

/**
 * ENTERPRISE's partition where some sessions may not post to some groups. Every group that any session may post to is in
 * exactly one lane, and the lanes are as even as the permissions allow. A group stays with the session that
 * {@link distributeEnterprise} gives it wherever that is possible: a session that knows a chat need not resolve it again,
 * and resolves are what Telegram charges most for.
 * @returns one array a session, each in the order of the groups
 */
export function partitionPermitted(
  groupIds: readonly string[],
  sessionIds: readonly string[],
  mayPost: MayPost,
): string[][] {
  const preferred = distributeEnterprise(groupIds, sessionIds.length);
  const lanes = sessionIds.map(
    (sessionId, index): Lane => ({
      sessionId,
      groupIds: (preferred[index] ?? []).filter((groupId) => mayPost(sessionId, groupId)),
    }),
  );
  const placed = new Set(lanes.flatMap((lane) => lane.groupIds));
  for (const groupId of groupIds) {
    if (placed.has(groupId)) continue;
    const permitted = lanes.filter((lane) => mayPost(lane.sessionId, groupId));
    extreme(permitted, (lane, best) => lane.groupIds.length < best.groupIds.length)?.groupIds.push(groupId);
  }
  level(lanes, mayPost);
  const position = new Map(groupIds.map((groupId, index) => [groupId, index]));
  const order = (groupId: string) => position.get(groupId) ?? 0;
  return lanes.map((lane) => lane.groupIds.sort((a, b) => order(a) - order(b)));
}

/**
 * Moves groups from heavy lanes to lighter ones, if need be by way of others, until no such move is left: then no other
 * permitted partition is more even (optimal semi-matchings: Harvey, Ladner, Lovász, Tamir 2003).
 */
function level(lanes: Lane[], mayPost: MayPost): void {
  const open = new Set(lanes);
  for (;;) {
    const heaviest = extreme(open, (lane, best) => lane.groupIds.length > best.groupIds.length);
    if (heaviest === undefined) return;

    // breadth first: which lanes can take a group from the heaviest, directly or by way of others
    const reached = new Map<Lane, { from: Lane; groupId: string } | null>([[heaviest, null]]);
    let lighter: Lane | undefined;
    for (const from of reached.keys()) {
      for (const lane of open) {
        if (lighter !== undefined) break;
        if (reached.has(lane)) continue;
        const groupId = from.groupIds.findLast((candidate) => mayPost(lane.sessionId, candidate));
        if (groupId === undefined) continue;
        reached.set(lane, { from, groupId });
        if (lane.groupIds.length <= heaviest.groupIds.length - 2) lighter = lane;
      }
      if (lighter !== undefined) break;
    }

    if (lighter === undefined) {
      // nothing that this lane reaches is two lighter, so neither is anything that those reach
      for (const lane of reached.keys()) open.delete(lane);
      continue;
    }
    let to = lighter;
    for (let step = reached.get(to); step; step = reached.get(to)) {
      step.from.groupIds.splice(step.from.groupIds.indexOf(step.groupId), 1);
      to.groupIds.push(step.groupId);
      to = step.from;
    }
  }
}

/** The first that beats all others; undefined when there is none at all. */
function extreme<T>(items: Iterable<T>, beats: (item: T, best: T) => boolean): T | undefined {
  let best: T | undefined;
  for (const item of items) if (best === undefined || beats(item, best)) best = item;
  return best;
}
