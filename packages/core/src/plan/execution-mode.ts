import { type ExecutionMode, modeOf, type PlanType } from "@herald/contract";
import { HeraldError } from "../model/error.ts";

/** Minutes of a STARTER cycle when the plan decides the mode and nothing else says how long (the seeds' default). */
export const DEFAULT_TOTAL_CYCLE_MINUTES = 60;
/** A cycle lasts at most 7 days, in minutes. */
export const MAX_TOTAL_CYCLE_MINUTES = 7 * 24 * 60;

/** The mode that a start runs in. Only STARTER has a length: ENTERPRISE takes as long as its longest lane. */
export type ResolvedExecutionMode =
  | { executionMode: "starter"; totalCycleMinutes: number }
  | { executionMode: "enterprise"; totalCycleMinutes: null };

/**
 * Decides the mode of a start: the request, else what the bot's user chose before, else the plan, else enterprise. The length
 * of a STARTER cycle is the requested one; where none is requested by name, the bot's own setting, else 60 minutes.
 * ENTERPRISE looks at no length.
 * @param input.requested as it came in: anything but "starter" and "enterprise" is refused, the empty string too; null asks
 *   for the plan's by name, whatever was chosen before
 * @throws HeraldError `invalid_execution_mode`, `total_cycle_minutes_required`, or `invalid_input` for a length that is no
 *   whole number or longer than 7 days
 */
export function resolveExecutionMode(input: {
  requested: string | null | undefined;
  requestedTotalCycleMinutes: number | null | undefined;
  planType: PlanType | null | undefined;
  configured: { executionMode?: ExecutionMode | null; totalCycleMinutes: number | null } | null | undefined;
}): ResolvedExecutionMode {
  const { requested, requestedTotalCycleMinutes, planType, configured } = input;
  if (requested === null || requested === undefined) {
    const chosen = requested === null ? null : configured?.executionMode;
    if (modeOf(chosen, planType) === "enterprise") return { executionMode: "enterprise", totalCycleMinutes: null };
    const minutes = requestedTotalCycleMinutes ?? configured?.totalCycleMinutes ?? DEFAULT_TOTAL_CYCLE_MINUTES;
    return { executionMode: "starter", totalCycleMinutes: checkTotalCycleMinutes(minutes) };
  }
  if (requested === "enterprise") return { executionMode: "enterprise", totalCycleMinutes: null };
  if (requested === "starter")
    return { executionMode: "starter", totalCycleMinutes: checkTotalCycleMinutes(requestedTotalCycleMinutes) };
  throw new HeraldError("invalid_execution_mode", "Invalid execution_mode", { field: "executionMode" });
}

/**
 * Gives the length of a STARTER cycle back when it is one, in minutes.
 * @throws HeraldError `total_cycle_minutes_required`, `invalid_input`
 */
export function checkTotalCycleMinutes(minutes: number | null | undefined): number {
  const field = "totalCycleMinutes";
  if (minutes === null || minutes === undefined || minutes <= 0)
    throw new HeraldError("total_cycle_minutes_required", "Starter mode requires total_cycle_minutes > 0", { field });
  if (!Number.isInteger(minutes)) throw new HeraldError("invalid_input", "Give whole minutes.", { field });
  if (minutes > MAX_TOTAL_CYCLE_MINUTES)
    throw new HeraldError("invalid_input", "A cycle lasts at most 7 days.", { field });
  return minutes;
}
