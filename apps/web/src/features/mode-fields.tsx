"use client";

import { BotConfigureInput, type ExecutionMode } from "@herald/contract";
import { Button } from "@/components/ui/button";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { NumberField, typedNumber } from "@/components/ui/field";
import { forecastSentence } from "@/lib/forecast";
import { formatNumber } from "@/lib/format";
import { useForecast } from "@/lib/use-bot";

export interface ModeDraft {
  executionMode: ExecutionMode;
  totalCycleMinutes: string;
}

const aboutMode: Record<ExecutionMode, string> = {
  starter: "Every account posts to every group, one account after the other, and all begins anew after a fixed time.",
  enterprise: "The groups are shared out among the accounts, which post side by side; then a pause.",
};

/** The draft as the engine takes it; null while the minutes do not hold. */
export function readMode({ executionMode, totalCycleMinutes }: ModeDraft): BotConfigureInput | null {
  if (executionMode === "enterprise") return { executionMode };
  const parsed = BotConfigureInput.safeParse({ executionMode, totalCycleMinutes: typedNumber(totalCycleMinutes) });
  return parsed.success ? parsed.data : null;
}

function About({ draft }: { draft: ModeDraft }) {
  const forecast = useForecast(readMode(draft));
  return (
    <>
      {aboutMode[draft.executionMode]}
      {forecast?.feasible && <span className="mt-1 block text-text">{forecastSentence(forecast)}</span>}
    </>
  );
}

/** The two ways of posting, each with what it would come to, and the length of a Starter cycle. */
export function ModeFields(props: { draft: ModeDraft; fault?: string | undefined; onChange(draft: ModeDraft): void }) {
  const { draft, fault, onChange } = props;
  const forecast = useForecast(draft.executionMode === "starter" ? readMode(draft) : null);
  const smallest = forecast?.feasible === false ? forecast.smallestTotalCycleMinutes : null;
  return (
    <div className="space-y-4">
      <ChoiceCards
        label="How to post"
        value={draft.executionMode}
        onChange={(executionMode) => onChange({ ...draft, executionMode })}
        choices={[
          { value: "starter", label: "Starter", text: <About draft={{ ...draft, executionMode: "starter" }} /> },
          {
            value: "enterprise",
            label: "Enterprise",
            text: <About draft={{ ...draft, executionMode: "enterprise" }} />,
          },
        ]}
      />
      {draft.executionMode === "starter" && (
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
