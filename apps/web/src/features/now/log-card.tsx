"use client";

import type { LogEntryDto, SyncStateDto } from "@herald/contract";
import { Card, CardHeader } from "@/components/ui/card";
import { formatWhenOfSecond } from "@/lib/format";
import { LogLine } from "../log-line";

const SHOWN = 60;

/** What happens, as it happens, newest first. */
export function LogCard({ state }: { state: SyncStateDto }) {
  return (
    <Card aria-label="Log">
      <CardHeader title="Log" />
      {state.log.length === 0 ? (
        <p className="px-4 pb-6 text-muted">What Herald does is written here, line by line, once you start.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard
        <ol className="h-[232px] overflow-y-auto px-4 pb-3" tabIndex={0} aria-label="Log lines, newest first">
          {state.log.slice(0, SHOWN).map((entry: LogEntryDto) => (
            <LogLine key={entry.id} entry={entry} time={formatWhenOfSecond(entry.at, Date.parse(state.now))} />
          ))}
        </ol>
      )}
    </Card>
  );
}
