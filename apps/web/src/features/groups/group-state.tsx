import type { GroupDto } from "@herald/contract";
import { Mark } from "@/components/ui/mark";

export function GroupState({ group }: { group: GroupDto }) {
  return group.state === "active" ? (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Mark look={group.sent > 0 ? "sent" : "planned"} />
      Active
    </span>
  ) : (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Mark look="refused" />
      Retired
    </span>
  );
}
