"use client";

import type { SyncStateDto } from "@herald/contract";
import { useState } from "react";
import { WarningNote } from "@/components/ui/notice";
import { type ModeDraft, readMode } from "../mode-fields";
import { StateGate } from "../state-gate";
import { ForecastCard } from "./forecast-card";
import { LogCard } from "./log-card";
import { NextCard } from "./next-card";
import { RunningCard } from "./running-card";
import { StartCard } from "./start-card";
import { TimelineCard } from "./timeline-card";
import { TodayCard } from "./today-card";
import { UnconfirmedNote } from "./unconfirmed-note";

export function NowPage() {
  return (
    <>
      <h1 className="sr-only">Now</h1>
      <StateGate>{(state) => <Now state={state} />}</StateGate>
    </>
  );
}

function Now({ state }: { state: SyncStateDto }) {
  const { executionMode, totalCycleMinutes } = state.bot.config;
  const [draft, setDraft] = useState<ModeDraft>({ executionMode, totalCycleMinutes: String(totalCycleMinutes) });
  const planType = state.viewer.plan?.type;
  const running = state.bot.status === "running";
  return (
    <div className="space-y-4">
      <div className="grid grid-cols-1 items-stretch gap-4 lg:grid-cols-[minmax(0,1fr)_300px]">
        {running ? (
          <>
            <RunningCard state={state} />
            <NextCard state={state} />
          </>
        ) : (
          <>
            <StartCard bot={state.bot} planType={planType} draft={draft} onDraft={setDraft} />
            <ForecastCard draft={readMode(draft, planType)} />
          </>
        )}
      </div>
      {running && <UnconfirmedNote />}
      {state.bot.cycle?.note != null && <WarningNote>{state.bot.cycle.note}</WarningNote>}
      <TimelineCard state={state} draft={running ? {} : readMode(draft, planType)} />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <TodayCard state={state} />
        <LogCard state={state} />
      </div>
    </div>
  );
}
