import type { BotSessionDto, GroupDto, PlanType } from "@herald/contract";

export const planWord: Record<PlanType, string> = { STARTER: "Starter", ENTERPRISE: "Enterprise" };

/** What the user calls an account; one that is no longer theirs has no name. */
export const sessionName = (sessions: BotSessionDto[], id: string): string =>
  sessions.find((session) => session.id === id)?.label ?? "a former account";

/** What the user calls a group: its title, else how it was written. */
export function groupName(groups: GroupDto[], id: string): string {
  const group = groups.find((candidate) => candidate.id === id);
  return group === undefined ? "a removed group" : (group.title ?? group.reference);
}
