import type { ActorKind, AuditEntryDto } from "@herald/contract";

const acts = new Map([
  ["user.create", "Made a user"],
  ["user.update", "Changed a user"],
  ["two_step.begin", "Began to turn on two-step sign-in"],
  ["two_step.turn_on", "Turned on two-step sign-in"],
  ["two_step.turn_off", "Turned off two-step sign-in"],
  ["two_step.reset", "Reset a two-step sign-in"],
  ["two_step.renew_codes", "Made new recovery codes"],
  ["two_step.use_code", "Signed in by a recovery code"],
  ["sign_in.create", "Signed in"],
  ["sign_in.end", "Ended sign-ins"],
  ["api_key.create", "Made an API key"],
  ["api_key.revoke", "Revoked an API key"],
  ["bot.start", "Started posting"],
  ["bot.stop", "Stopped posting"],
  ["bot.configure", "Changed the post or its settings"],
  ["bot.clear_breaker", "Cleared the breaker"],
  ["groups.add", "Added groups"],
  ["groups.remove", "Removed groups"],
  ["groups.reactivate", "Made groups active again"],
  ["session.add", "Added an account"],
  ["session.remove", "Removed an account"],
  ["session.wake", "Ended an account's rest"],
  ["session.retry", "Tried an account again"],
  ["session.ban", "Lost an account"],
  ["api_pair.add", "Added an API pair"],
  ["api_pair.update", "Changed an API pair"],
  ["api_pair.remove", "Removed an API pair"],
  ["chat.update", "Changed what holds for a chat"],
]);

/** What was done, in words; of an act that this page does not know yet, its name. */
export const actOf = (action: string): string => acts.get(action) ?? action;

export const actorWord: Record<ActorKind, string> = {
  user: "for themselves",
  admin: "as an admin",
  api_key: "by an API key",
  system: "Herald itself",
};

type Json = AuditEntryDto["before"];

const factsOf = (json: Json): Record<string, Json> =>
  json !== null && typeof json === "object" && !Array.isArray(json) ? json : {};

function textOf(fact: Json | undefined): string {
  if (fact === null || fact === undefined) return "none";
  return typeof fact === "string" ? fact : JSON.stringify(fact);
}

/** What an act changed, fact by fact; `before` is null of what was not there before, `after` of what is gone. */
export function factsChanged({
  before,
  after,
}: Pick<AuditEntryDto, "before" | "after">): Array<{ name: string; before: string | null; after: string | null }> {
  const [was, is] = [factsOf(before), factsOf(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].map((name) => ({
    name,
    before: before === null ? null : textOf(was[name]),
    after: after === null ? null : textOf(is[name]),
  }));
}
