import type { AuditTarget } from "@herald/contract";
import type { Actor } from "./actor.ts";

export type AuditAction =
  | "user.create"
  | "user.update"
  | "two_step.begin"
  | "two_step.turn_on"
  | "two_step.turn_off"
  | "two_step.reset"
  | "two_step.renew_codes"
  | "two_step.use_code"
  | "sign_in.create"
  | "sign_in.end"
  | "api_key.create"
  | "api_key.revoke"
  | "bot.start"
  | "bot.stop"
  | "bot.configure"
  | "bot.clear_breaker"
  | "groups.add"
  | "groups.remove"
  | "groups.reactivate"
  | "session.add"
  | "session.remove"
  | "session.wake"
  | "session.retry"
  | "session.ban"
  | "api_pair.add"
  | "api_pair.update"
  | "api_pair.remove"
  | "chat.update";

export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [key: string]: Fact };
/** What stands in the audit of a thing: plain facts, and never a secret. */
export type Facts = Readonly<Record<string, Fact>>;

/** What is written of a secret, whether it is new or another. */
export const CHANGED = "changed";

/** Who did what to whom. */
export interface AuditEntry {
  actor: Actor;
  action: AuditAction;
  target: { kind: AuditTarget; id: string };
  /** the tenant whom it concerns; null when it concerns all */
  userId: string | null;
  /** what the act changed, as it was; null when it was not there before */
  before: Facts | null;
  /** the same, as it is; null when it is gone */
  after: Facts | null;
}

/** Of all that could have changed only what did; null when nothing did. A fact that is absent from `after` stays as it was. */
export function changed(before: Facts, after: Facts): { before: Facts; after: Facts } | null {
  const keys = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (keys.length === 0) return null;
  const only = (facts: Facts): Facts => Object.fromEntries(keys.map((key) => [key, facts[key] ?? null]));
  return { before: only(before), after: only(after) };
}
