"use client";

import type { BotConfigureInput, CycleDto, SyncStateDto } from "@herald/contract";
import { ChartGantt } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Chips } from "@/components/ui/chips";
import { MarkWord } from "@/components/ui/mark";
import { Empty } from "@/components/ui/notice";
import { cycleSentence } from "@/lib/forecast";
import { formatDuration } from "@/lib/format";
import { useNow } from "@/lib/live";
import type { Look } from "@/lib/outcome";
import { useForecast } from "@/lib/use-bot";
import { cycleLanes, forecastLanes } from "../timeline/lanes";
import { rangeAround, rangeOf } from "../timeline/layout";
import { Timeline } from "../timeline/timeline";

const legend: Array<[Look, string]> = [
  ["sent", "sent"],
  ["refused", "refused"],
  ["lost", "account lost"],
  ["waiting", "wait"],
  ["skipped", "left out"],
  ["planned", "planned"],
];

type View = "cycle" | "around" | "forecast";

/** From this length on, in milliseconds, a running cycle can also be looked at closely. */
const LONG = 10 * 60_000;

const isLong = (cycle: CycleDto | null): boolean =>
  cycle?.endsAt != null && Date.parse(cycle.endsAt) - Date.parse(cycle.startedAt) > LONG;

/** This cycle as it goes, or what a start would come to. */
export function TimelineCard({ state, draft }: { state: SyncStateDto; draft: BotConfigureInput | null }) {
  const { bot, slots } = state;
  const hasCycle = slots.length > 0;
  const settledView: View =
    hasCycle && (bot.status === "running" || bot.cycle?.state === "open") ? "cycle" : "forecast";
  const [chosen, setChosen] = useState<View | null>(null);
  const view = hasCycle ? (chosen ?? settledView) : "forecast";
  const { executionMode, config } = bot;
  const { totalCycleMinutes, delayBetweenPosts } = config;
  return (
    <Card aria-label="Timeline">
      <CardHeader title={view === "forecast" ? "Forecast" : "This cycle"}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="tabular text-muted text-sm">
            {executionMode === "starter" ? `Starter · ${totalCycleMinutes} min` : "Enterprise"} ·{" "}
            {formatDuration(delayBetweenPosts)} between posts
          </span>
          {hasCycle && (
            <Chips
              label="What the timeline shows"
              value={view}
              onChange={(next) => setChosen(next as View)}
              chips={[
                { value: "cycle", label: "This cycle" },
                ...(bot.status === "running" && isLong(bot.cycle) ? [{ value: "around", label: "Around now" }] : []),
                { value: "forecast", label: "Forecast" },
              ]}
            />
          )}
        </div>
      </CardHeader>
      {view === "forecast" ? (
        <ForecastTimeline state={state} draft={draft} />
      ) : (
        <CycleTimeline state={state} close={view === "around"} />
      )}
    </Card>
  );
}

function CycleTimeline({ state, close }: { state: SyncStateDto; close: boolean }) {
  const now = useNow(1000);
  // a lane is built anew when the state changes, and once a minute for the waits that begin at «now»
  const minute = Math.floor(now / 60_000) * 60_000;
  const lanes = useMemo(() => cycleLanes(state, minute), [state, minute]);
  const running = state.bot.status === "running";
  const whole = useMemo(() => rangeOf(lanes, running ? minute + 60_000 : null), [lanes, running, minute]);
  const around = close && running;
  const step = Math.floor(now / 5_000) * 5_000;
  const range = useMemo(() => (around ? rangeAround(step, whole) : whole), [around, step, whole]);
  return (
    <>
      <Timeline lanes={lanes} range={range} now={running ? now : null} state={state} />
      <ul className="flex flex-wrap gap-x-4 gap-y-1 border-line border-t px-4 py-2.5 text-muted text-sm">
        {legend.map(([look, word]) => (
          <li key={look}>
            <MarkWord look={look} word={word} />
          </li>
        ))}
      </ul>
    </>
  );
}

function ForecastTimeline({ state, draft }: { state: SyncStateDto; draft: BotConfigureInput | null }) {
  const forecast = useForecast(draft);
  const { bot } = state;
  const lanes = useMemo(
    () => (forecast === null ? [] : forecastLanes(forecast, bot.sessions, bot.config, Date.parse(state.now))),
    [forecast, bot.sessions, bot.config, state.now],
  );
  const range = useMemo(() => rangeOf(lanes, null), [lanes]);
  if (forecast === null || lanes.length === 0)
    return (
      <Empty
        icon={<ChartGantt />}
        title={bot.groupCount === 0 ? "No groups to post to yet" : "Nothing to forecast yet"}
        text={
          bot.groupCount === 0
            ? "Here you see when each account posts to which group. Add the groups first."
            : "Here you see when each account would post. It needs settings that hold and at least one account."
        }
      >
        {bot.groupCount === 0 && (
          <Button asChild>
            <Link href="/groups">Go to the groups</Link>
          </Button>
        )}
      </Empty>
    );
  return (
    <>
      <Timeline lanes={lanes} range={range} now={null} state={state} />
      <p className="border-line border-t px-4 py-2.5 text-muted text-sm">
        {forecast.feasible ? `If it started now. ${cycleSentence(forecast)}` : forecast.problem}
      </p>
    </>
  );
}
