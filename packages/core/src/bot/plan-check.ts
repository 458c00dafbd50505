import type { Plan } from "@herald/contract";
import { HeraldError } from "../model/error.ts";

/** The plan when it is there and not over; else a refusal in words for its user. */
export function requirePlan(plan: Plan | null, now: Date): Plan {
  if (plan === null)
    throw new HeraldError("plan_missing", "There is no plan on this account yet. Ask your admin to set one.");
  if (plan.expiresAt !== null && new Date(plan.expiresAt) <= now)
    throw new HeraldError("plan_expired", "The plan has ended. Nothing is posted until your admin renews it.", {
      details: { expiresAt: plan.expiresAt },
    });
  return plan;
}
