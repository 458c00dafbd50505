import type { Delivery } from "@herald/telegram-emulator";

/** What a post was made for. */
export interface Slot {
  cycleId: string;
  /** null: a chat without topics */
  topicId: number | null;
}

/**
 * Posts that stand where their cycle had posted already, whatever they were sent as, and posts that belong to no cycle.
 *
 * @param record what stands in the chats
 * @param slots by random_id
 */
export function countDoubles(
  record: ReadonlyArray<Pick<Delivery, "chatId" | "randomId">>,
  slots: ReadonlyMap<string, Slot>,
): number {
  const places = record.flatMap(({ chatId, randomId }) => {
    const slot = slots.get(randomId);
    return slot === undefined ? [] : [`${slot.cycleId} ${chatId} ${slot.topicId}`];
  });
  return record.length - new Set(places).size;
}
