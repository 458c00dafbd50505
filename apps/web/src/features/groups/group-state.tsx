import type { GroupDto } from "@herald/contract";
import { MarkWord } from "@/components/ui/mark";

export function GroupState({ group }: { group: GroupDto }) {
  if (group.state === "retired") return <MarkWord look="refused" word="Retired" />;
  if (group.reason !== null) return <MarkWord look="waiting" word="Refuses for now" />;
  return <MarkWord look={group.sent > 0 ? "sent" : "planned"} word="Active" />;
}
