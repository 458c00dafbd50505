"use client";

import { BotConfigureInput, type ExecutionMode, modeOf, type PlanType } from "@herald/contract";
import { Button } from "@/components/ui/button";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { NumberField, typedNumber } from "@/components/ui/field";
import { forecastSentence } from "@/lib/forecast";
import { formatNumber } from "@/lib/format";
import { useForecast } from "@/lib/use-bot";

export interface ModeDraft {
  /** null: the plan decides */
  executionMode: ExecutionMode | null;
  totalCycleMinutes: string;
}

const aboutMode: Record<ExecutionMode, string> = {
  starter: "Every account posts to every group, one account after the other, and all begins anew after a fixed time.",
  enterprise: "The groups are shared out among the accounts, which post side by side; then a pause.",
};

/** The draft as the engine takes it; null while the minutes do not hold. */
export function readMode(
  { executionMode, totalCycleMinutes }: ModeDraft,
  planType: PlanType | undefined,
): BotConfigureInput | null {
  if (modeOf(executionMode, planType) === "enterprise") return { executionMode };
  const parsed = BotConfigureInput.safeParse({ executionMode, totalCycleMinutes: typedNumber(totalCycleMinutes) });
  return parsed.success ? parsed.data : null;
}

function About({ draft, planType }: { draft: ModeDraft; planType: PlanType | undefined }) {
  const forecast = useForecast(readMode(draft, planType));
  return (
    <>
      {draft.executionMode === null && `As ${modeOf(null, planType)}. `}
      {aboutMode[modeOf(draft.executionMode, planType)]}
      {forecast?.feasible && <span className="mt-1 block text-text">{forecastSentence(forecast)}</span>}
    </>
  );
}

/** The ways of posting, each with what it would come to, and the length of a Starter cycle. */
export function ModeFields(props: {
  draft: ModeDraft;
  planType: PlanType | undefined;
  fault?: string | undefined;
  onChange(draft: ModeDraft): void;
}) {
  const { draft, planType, fault, onChange } = props;
  const isStarter = modeOf(draft.executionMode, planType) === "starter";
  const forecast = useForecast(isStarter ? readMode(draft, planType) : null);
  const about = (executionMode: ExecutionMode | null) => (
    <About draft={{ ...draft, executionMode }} planType={planType} />
  );
  const smallest = forecast?.feasible === false ? forecast.smallestTotalCycleMinutes : null;
  return (
    <div className="space-y-4">
      <ChoiceCards
        label="How to post"
        value={draft.executionMode ?? "plan"}
        onChange={(choice) => onChange({ ...draft, executionMode: choice === "plan" ? null : choice })}
        choices={[
          { value: "plan", label: "By your plan", text: about(null) },
          { value: "starter", label: "Starter", text: about("starter") },
          { value: "enterprise", label: "Enterprise", text: about("enterprise") },
        ]}
      />
      {isStarter && (
        <div className="flex flex-wrap items-end gap-x-3 gap-y-2">
          <NumberField
            label="Total cycle (minutes)"
            unit="min"
            className="max-w-[420px] grow"
            fault={fault ?? (forecast?.feasible === false ? (forecast.problem ?? undefined) : undefined)}
            hint="The time from the start of a cycle to the start of the next."
            value={draft.totalCycleMinutes}
            onChange={(totalCycleMinutes) => onChange({ ...draft, totalCycleMinutes })}
          />
          {smallest !== null && (
            <Button onClick={() => onChange({ ...draft, totalCycleMinutes: String(smallest) })}>
              Use {formatNumber(smallest)} min
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
