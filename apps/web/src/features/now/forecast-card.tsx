"use client";

import type { BotConfigureInput } from "@herald/contract";
import { Card } from "@/components/ui/card";
import { secondsApart } from "@/lib/forecast";
import { formatDuration, formatNumber } from "@/lib/format";
import { useForecast } from "@/lib/use-bot";

const UNFIT = "With these settings a cycle does not fit. Once they do, you see here what it comes to.";
const NO_GROUPS = "Here you see what a cycle comes to, as soon as there are groups to post to.";

/** What a start would come to, in figures. */
export function ForecastCard({ draft }: { draft: BotConfigureInput | null }) {
  const forecast = useForecast(draft);
  const rows =
    forecast === null || !forecast.feasible
      ? []
      : [
          ["Posts a cycle", formatNumber(forecast.posts)],
          ["Accounts", formatNumber(forecast.sessions)],
          ["Groups", formatNumber(forecast.groups)],
          ["A group sees a post", `every ${formatDuration(secondsApart(forecast))}`],
          ["A cycle takes", formatDuration(forecast.length)],
          ["It begins anew", `every ${formatDuration(forecast.repeatsEvery)}`],
        ];
  return (
    <Card className="p-5" aria-label="Forecast">
      <h2 className="text-muted text-sm">If you start now</h2>
      {rows.length === 0 ? (
        <p className="mt-1 text-pretty text-muted">{draft === null || forecast !== null ? UNFIT : NO_GROUPS}</p>
      ) : (
        <dl className="mt-2 divide-y divide-line">
          {rows.map(([name, value]) => (
            <div key={name} className="flex items-baseline justify-between gap-3 py-1.5">
              <dt className="text-muted">{name}</dt>
              <dd className="tabular text-right font-strong">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
