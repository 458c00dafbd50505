"use client";

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { Mark } from "@/components/ui/mark";
import { formatNumber } from "@/lib/format";
import type { Look } from "@/lib/outcome";

export interface Hour {
  label: string;
  sent: number;
  failed: number;
  skipped: number;
}

const series: Array<{ key: "sent" | "failed" | "skipped"; word: string; look: Look; color: string }> = [
  { key: "sent", word: "sent", look: "sent", color: "var(--ok)" },
  { key: "failed", word: "refused", look: "refused", color: "var(--refuse)" },
  { key: "skipped", word: "left out", look: "skipped", color: "var(--muted)" },
];

function HourTooltip({
  active = false,
  payload = [],
}: {
  active?: boolean;
  payload?: ReadonlyArray<{ payload?: Hour }>;
}) {
  const hour = payload[0]?.payload;
  if (!active || hour === undefined) return null;
  return (
    <div className="rounded-control bg-raised px-3 py-2 text-sm shadow-float">
      <div className="font-strong">{hour.label}</div>
      {series.map(({ key, word, look }) => (
        <div key={key} className="tabular flex items-center gap-2 text-muted">
          <Mark look={look} />
          {formatNumber(hour[key])} {word}
        </div>
      ))}
    </div>
  );
}

const tick = { fill: "var(--muted)", fontSize: 12 };

/** Deliveries by hour, stacked by outcome. */
export function HourBars({ label, hours }: { label: string; hours: Hour[] }) {
  return (
    <figure aria-label={label}>
      <ResponsiveContainer width="100%" height={196}>
        <BarChart data={hours} margin={{ top: 4, right: 0, bottom: 0, left: 0 }} barCategoryGap={2}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis dataKey="label" tickLine={false} axisLine={{ stroke: "var(--line)" }} tick={tick} minTickGap={16} />
          <YAxis width={40} tickLine={false} axisLine={false} tick={tick} allowDecimals={false} />
          <Tooltip content={HourTooltip} cursor={{ fill: "var(--hover)" }} isAnimationActive={false} />
          {series.map(({ key, color }) => (
            <Bar key={key} dataKey={key} stackId="outcome" fill={color} isAnimationActive={false} maxBarSize={28} />
          ))}
        </BarChart>
      </ResponsiveContainer>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-muted text-sm">
        {series.map(({ key, word, look }) => (
          <span key={key} className="tabular flex items-center gap-2">
            <Mark look={look} />
            {formatNumber(hours.reduce((sum, hour) => sum + hour[key], 0))} {word}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
