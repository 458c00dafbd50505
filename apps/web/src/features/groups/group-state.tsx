import type { GroupDto } from "@herald/contract";
import { MarkWord } from "@/components/ui/mark";

export function GroupState({ group }: { group: GroupDto }) {
  return group.state === "active" ? (
    <MarkWord look={group.sent > 0 ? "sent" : "planned"} word="Active" />
  ) : (
    <MarkWord look="refused" word="Retired" />
  );
}
