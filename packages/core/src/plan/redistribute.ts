/** A slot that lost its session before it was ever tried. */
export interface OrphanedSlot {
  deliveryId: string;
  groupId: string;
}

/** A lane that lives: `freeAt`, in milliseconds of the wall clock, is a delay after the last slot that it has. */
export interface LivingLane {
  sessionId: string;
  freeAt: number;
}

export interface MovedSlot {
  deliveryId: string;
  sessionId: string;
  plannedAt: Date;
}

/**
 * Gives what a lost account leaves to the lanes that live, each behind its own slots and a delay apart, so that they are
 * done as early as they can be. ENTERPRISE alone: in STARTER every session posts to every group anyway.
 * @param input.slots in the order in which they were planned
 * @param input.delayBetweenPosts seconds
 * @param input.until milliseconds of the wall clock: nothing is planned after it
 * @returns what is moved, and by its delivery's id what nobody may take in time
 */
export function redistribute(input: {
  slots: readonly OrphanedSlot[];
  lanes: readonly LivingLane[];
  delayBetweenPosts: number;
  until: number;
  mayPost: (sessionId: string, groupId: string) => boolean;
}): { moved: MovedSlot[]; left: string[] } {
  const { slots, delayBetweenPosts, until, mayPost } = input;
  const lanes = input.lanes.map((lane) => ({ ...lane }));
  const moved: MovedSlot[] = [];
  const left: string[] = [];
  for (const { deliveryId, groupId } of slots) {
    let taker: LivingLane | undefined;
    for (const lane of lanes)
      if (mayPost(lane.sessionId, groupId) && (taker === undefined || lane.freeAt < taker.freeAt)) taker = lane;
    if (taker === undefined || taker.freeAt > until) {
      left.push(deliveryId);
      continue;
    }
    moved.push({ deliveryId, sessionId: taker.sessionId, plannedAt: new Date(taker.freeAt) });
    taker.freeAt += delayBetweenPosts * 1000;
  }
  return { moved, left };
}
