"use client";

import type { CycleDto, SyncStateDto } from "@herald/contract";
import { Square } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Mark } from "@/components/ui/mark";
import { ErrorNote } from "@/components/ui/notice";
import { errorOf } from "@/lib/error";
import { formatNumber, formatTime, plural } from "@/lib/format";
import { useBotActions } from "@/lib/use-bot";

const total = ({ counts }: CycleDto) => counts.planned + counts.sending + counts.sent + counts.failed + counts.skipped;

/** How far the cycle is, by outcome: the parts in their colours, the words beside their shapes. */
export function CycleProgress({ cycle }: { cycle: CycleDto }) {
  const all = Math.max(1, total(cycle));
  const { sent, failed, skipped } = cycle.counts;
  const parts = [
    { count: sent, color: "var(--ok)" },
    { count: failed, color: "var(--refuse)" },
    { count: skipped, color: "var(--muted)" },
  ];
  return (
    <div
      role="progressbar"
      aria-label="Progress of this cycle"
      aria-valuemin={0}
      aria-valuemax={total(cycle)}
      aria-valuenow={sent + failed + skipped}
      className="flex h-2 overflow-hidden rounded-full bg-line"
    >
      {parts.map(({ count, color }) => (
        <div
          key={color}
          className="h-full transition-[width] duration-200"
          style={{ width: `${(100 * count) / all}%`, background: color }}
        />
      ))}
    </div>
  );
}

export function RunningCard({ state: { bot } }: { state: SyncStateDto }) {
  const { stop } = useBotActions();
  const { cycle } = bot;
  return (
    <Card className="flex flex-col p-5" aria-label="Running">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="flex items-center gap-2 text-muted text-sm">
            <span className="size-2 rounded-full bg-ok" aria-hidden />
            Running
          </h2>
          {cycle === null ? (
            <p className="mt-1 font-strong text-xl">The first cycle is being planned</p>
          ) : (
            <p className="tabular mt-1 text-xl">
              <span className="font-strong text-2xl">{formatNumber(cycle.counts.sent)}</span>
              <span className="text-muted"> of {formatNumber(total(cycle))} posted</span>
            </p>
          )}
        </div>
        <Button size="md" busy={stop.pending} onClick={() => stop.mutate()}>
          {!stop.pending && <Square aria-hidden />}
          Stop posting
        </Button>
      </div>
      {cycle !== null && (
        <div className="mt-auto pt-4">
          <CycleProgress cycle={cycle} />
          <CycleWords cycle={cycle} retired={bot.retiredGroupCount} />
        </div>
      )}
      {stop.error !== null && <ErrorNote error={errorOf(stop.error)} className="mt-4" />}
    </Card>
  );
}

function CycleWords({ cycle, retired }: { cycle: CycleDto; retired: number }) {
  const { failed, skipped, planned, sending } = cycle.counts;
  return (
    <ul className="tabular mt-3 flex flex-wrap gap-x-4 gap-y-1 text-muted text-sm">
      {planned + sending > 0 && (
        <li className="flex items-center gap-1.5">
          <Mark look="planned" />
          {formatNumber(planned + sending)} to go
        </li>
      )}
      {failed > 0 && (
        <li className="flex items-center gap-1.5">
          <Mark look="refused" />
          {formatNumber(failed)} refused
        </li>
      )}
      {skipped > 0 && (
        <li className="flex items-center gap-1.5">
          <Mark look="skipped" />
          {formatNumber(skipped)} left out
        </li>
      )}
      {retired > 0 && <li>{plural(retired, "group refuses", "groups refuse")}</li>}
      {cycle.endedAt === null && cycle.endsAt !== null && <li>ends {formatTime(cycle.endsAt)}</li>}
      {cycle.endedAt !== null && <li>ended {formatTime(cycle.endedAt)}</li>}
    </ul>
  );
}
