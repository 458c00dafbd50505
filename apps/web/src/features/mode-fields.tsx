"use client";

import { BotConfigureInput, type ExecutionMode } from "@herald/contract";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { Field, NumberInput, typedNumber } from "@/components/ui/field";
import { forecastSentence } from "@/lib/forecast";
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
        <Field
          label="Total cycle (minutes)"
          className="max-w-[420px]"
          fault={fault ?? (forecast?.feasible === false ? (forecast.problem ?? undefined) : undefined)}
          hint="The time from the start of a cycle to the start of the next."
        >
          {(control) => (
            <div className="flex items-center gap-2">
              <div className="w-36">
                <NumberInput
                  {...control}
                  unit="min"
                  value={draft.totalCycleMinutes}
                  onChange={(event) => onChange({ ...draft, totalCycleMinutes: event.target.value })}
                />
              </div>
              {smallest !== null && (
                <button
                  type="button"
                  className="rounded-control text-accent text-sm underline underline-offset-2"
                  onClick={() => onChange({ ...draft, totalCycleMinutes: String(smallest) })}
                >
                  Use {smallest} min
                </button>
              )}
            </div>
          )}
        </Field>
      )}
    </div>
  );
}
