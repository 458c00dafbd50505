import type { BotSessionDto, GroupDto, PlanType, SlotDto } from "@herald/contract";

export const planWord: Record<PlanType, string> = { STARTER: "Starter", ENTERPRISE: "Enterprise" };

/** What the user calls an account; of one that is no longer theirs, what it was called then. */
export const sessionName = (sessions: BotSessionDto[], id: string, then: string | null): string =>
  sessions.find((session) => session.id === id)?.label ?? then ?? "a former account";

/** What the user calls a slot's group: its title, else how it was written; of one that was removed, what it was called then. */
export function groupName(
  groups: GroupDto[],
  { groupId, groupName: then }: Pick<SlotDto, "groupId" | "groupName">,
): string {
  const group = groups.find((candidate) => candidate.id === groupId);
  return group === undefined ? (then ?? "a removed group") : (group.title ?? group.reference);
}
