/** Marked ids, as bots and libraries write them: users positive, basic groups -id, channels and supergroups -100…id. */
const CHANNEL_MARK = 1_000_000_000_000;

export type PeerKind = "user" | "basicGroup" | "channel";

export const markedChannelId = (id: number): number => -(CHANNEL_MARK + id);
export const markedBasicGroupId = (id: number): number => -id;

export function parseMarkedId(marked: number): { kind: PeerKind; id: number } {
  if (marked > 0) return { kind: "user", id: marked };
  if (marked < -CHANNEL_MARK) return { kind: "channel", id: -marked - CHANNEL_MARK };
  return { kind: "basicGroup", id: -marked };
}
