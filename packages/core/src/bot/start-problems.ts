import type { HindranceDto, Plan, StopReason } from "@herald/contract";
import { timeUntil } from "../lib/duration.ts";
import { HeraldError } from "../model/error.ts";
import { type CycleSettings, findCycleProblem } from "../plan/forecast.ts";
import type { SessionFacts } from "../pool/session-state.ts";
import type { NothingToPost } from "./cycle-start.ts";

/** What keeps a bot from posting: as the page shows it, and as start refuses. */
export interface StartProblem extends HindranceDto {
  field?: string;
  details?: Record<string, number | string>;
  /** when it is over by itself */
  until?: Date;
}

export interface StartFacts {
  now: Date;
  plan: Plan | null;
  isBreakerTripped: boolean;
  /** Telegram refused the post that there is */
  isContentRefused: boolean;
  hasPost: boolean;
  groups: { all: number; active: number };
  /** null: not looked at yet */
  sessions: SessionFacts | null;
  settings: Omit<CycleSettings, "groups" | "sessions">;
}

/** Everything that keeps a bot from posting, in the order in which it is to be mended. */
export function startProblems(facts: StartFacts): StartProblem[] {
  const { now, plan, isBreakerTripped, isContentRefused, hasPost, groups, sessions, settings } = facts;
  const found: StartProblem[] = [];
  if (plan === null)
    found.push({
      code: "plan_missing",
      message: "There is no plan on this account yet. Ask your admin to set one.",
      mend: "admin",
    });
  else if (plan.expiresAt !== null && new Date(plan.expiresAt) <= now)
    found.push({
      code: "plan_expired",
      message: "The plan has ended. Nothing is posted until your admin renews it.",
      mend: "admin",
      details: { expiresAt: plan.expiresAt },
    });
  if (isBreakerTripped)
    found.push({
      code: "breaker_tripped",
      message: "Telegram took several accounts because of this post, so the bot was stopped. An admin has to clear it.",
      mend: "admin",
    });
  if (!hasPost)
    found.push({ code: "no_post", message: "Set what is to be posted first.", mend: "post", field: "post" });
  else if (isContentRefused)
    found.push({
      code: "content_refused",
      message: "Telegram does not take this post, so the bot was stopped: the log says why. Change the post first.",
      mend: "post",
      field: "post",
    });
  if (plan !== null && groups.all > plan.maxGroups)
    found.push({
      code: "plan_limit_groups",
      message: `The plan allows ${plan.maxGroups} groups and there are ${groups.all}. Remove ${groups.all - plan.maxGroups}.`,
      mend: "groups",
      details: { maxGroups: plan.maxGroups, groups: groups.all },
    });
  if (groups.active === 0)
    found.push({
      code: "no_groups",
      message: `${groups.all === 0 ? "There are no groups yet." : "Every group has refused."} Add at least one group that takes posts.`,
      mend: "groups",
    });
  if (sessions !== null) found.push(...accountProblems(sessions, now));
  if (sessions !== null && sessions.ready > 0 && groups.active > 0) {
    const problem = findCycleProblem({ ...settings, groups: groups.active, sessions: sessions.ready });
    if (problem !== null) found.push({ ...problem, mend: "settings", field: "totalCycleMinutes" });
  }
  return found;
}

function accountProblems({ seated, ready, back, short }: SessionFacts, now: Date): StartProblem[] {
  if (ready > 0) return [];
  const missing = (message: string): StartProblem[] => [
    { code: "no_sessions", message, mend: "admin", ...(back === null ? {} : { until: back }) },
  ];
  if (seated === 0 && short === "api_pair")
    return [{ code: "no_api_pair", message: "No API pair has a free seat. Ask your admin to add one.", mend: "admin" }];
  if (seated === 0)
    return missing(
      back === null
        ? "The pool has no free account. Ask your admin to add sessions."
        : `Every account of the pool is in use or rests; the first is back in ${timeUntil(back, now)}.`,
    );
  return missing(
    back === null
      ? "Telegram has limited every account of this bot. Ask your admin to look at them."
      : `Every account of this bot rests because Telegram asked for it; the first is back in ${timeUntil(back, now)}.`,
  );
}

/** No account may post to any group. */
export function nothingToPost({ until, isPostRefused }: Omit<NothingToPost, "kind">, now: Date): StartProblem {
  if (until !== null)
    return {
      code: "no_groups",
      message: `No account of this bot may post to any group for now; it is tried again in ${timeUntil(until, now)}.`,
      mend: "groups",
      until,
    };
  return isPostRefused
    ? {
        code: "no_groups",
        message: "The groups do not take this kind of post: the log says what is not allowed. Change the post.",
        mend: "post",
        field: "post",
      }
    : {
        code: "no_groups",
        message: "Every group has refused these accounts. Add groups, or ask your admin.",
        mend: "groups",
      };
}

/** The problem as a refusal. */
export const refusalOf = ({ code, message, field, details }: StartProblem): HeraldError =>
  new HeraldError(code, message, {
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
  });

/** Why a bot that meets the problem between two cycles stands still. */
export function stopReasonOf(code: StartProblem["code"]): StopReason {
  switch (code) {
    case "plan_missing":
    case "plan_expired":
      return "plan_expired";
    case "breaker_tripped":
      return "breaker";
    case "content_refused":
      return "content";
    case "no_sessions":
    case "no_api_pair":
      return "no_sessions";
    case "no_post":
    case "no_groups":
    case "plan_limit_groups":
    case "infeasible_cycle":
    case "cooldown_too_long":
      return "config";
  }
}
