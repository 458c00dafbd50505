"use client";

import type { OverviewDto } from "@herald/contract";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight, CircleCheck } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Card, CardHeader, PageHead } from "@/components/ui/card";
import { Mark } from "@/components/ui/mark";
import { formatDuration, formatNumber, formatTime, plural } from "@/lib/format";
import { useNow } from "@/lib/live";
import type { Look } from "@/lib/outcome";
import { useTRPC } from "@/lib/trpc";
import { HourBars } from "../hour-bars";
import { QueryGate } from "../state-gate";

const REFRESH_MS = 5_000;

export function OverviewPage() {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.overview.queryOptions(), refetchInterval: REFRESH_MS });
  return (
    <div className="mx-auto max-w-[1280px] space-y-4">
      <PageHead title="Overview" text="The whole service, all users together." />
      <QueryGate query={query}>{(overview) => <Overview overview={overview} />}</QueryGate>
    </div>
  );
}

function Overview({ overview }: { overview: OverviewDto }) {
  const { due, confirmed, pool, bots, botsRunning, engines, hours } = overview;
  const share = due === 0 ? null : Math.floor((1000 * confirmed) / due) / 10;
  return (
    <>
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Figure
          title="Posts confirmed"
          value={formatNumber(confirmed)}
          note={share === null ? "none due yet" : `of ${formatNumber(due)} due · ${share} %`}
        />
        <Figure
          title="Accounts ready"
          value={formatNumber(pool.unused)}
          note={`${formatNumber(pool.assigned)} in use, ${formatNumber(pool.resting)} resting`}
        />
        <Figure title="Bots posting" value={formatNumber(botsRunning)} note={`of ${plural(bots, "bot")}`} />
        <Figure title="Engines alive" value={formatNumber(engines.length)} note={<Engines engines={engines} />} />
      </div>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card aria-label="Posts by hour">
          <CardHeader title="Posts by hour">
            <span className="text-muted text-sm">the last 24 hours</span>
          </CardHeader>
          <div className="px-4 pb-3">
            <HourBars
              label="Posts of the last 24 hours"
              hours={hours.map(({ at, ...hour }) => ({ ...hour, label: formatTime(at) }))}
            />
          </div>
        </Card>
        <NeedsYou needs={overview.needsYou} />
      </div>
      <Pool pool={pool} />
    </>
  );
}

function Figure({ title, value, note }: { title: string; value: string; note: ReactNode }) {
  return (
    <Card className="p-4" aria-label={title}>
      <h2 className="text-muted text-sm">{title}</h2>
      <p className="tabular mt-1 font-strong text-2xl">{value}</p>
      <p className="tabular mt-1 text-muted text-sm">{note}</p>
    </Card>
  );
}

function Engines({ engines }: { engines: OverviewDto["engines"] }) {
  const now = useNow(10_000);
  const [oldest] = engines.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const cycles = engines.reduce((sum, engine) => sum + engine.runningCycles, 0);
  if (oldest === undefined) return "nothing is posted";
  return `${plural(cycles, "cycle")} · up ${formatDuration((now - Date.parse(oldest.startedAt)) / 1000)}`;
}

const placeOf = (need: OverviewDto["needsYou"][number]): string => {
  switch (need.kind) {
    case "session":
      return `/admin/sessions?session=${need.id}`;
    case "bot":
      return `/admin/users?user=${need.id}`;
    case "pool":
      return "/admin/sessions";
    case "api_pair":
      return "/admin/api-pairs";
  }
};

function NeedsYou({ needs }: { needs: OverviewDto["needsYou"] }) {
  return (
    <Card aria-label="Needs you">
      <CardHeader title="Needs you">
        {needs.length > 0 && <span className="tabular text-muted text-sm">{formatNumber(needs.length)}</span>}
      </CardHeader>
      {needs.length === 0 ? (
        <p className="flex items-center gap-2 px-4 pb-4 text-muted">
          <CircleCheck className="size-4 text-ok" aria-hidden />
          Nothing waits for you.
        </p>
      ) : (
        <ul className="max-h-[248px] overflow-y-auto px-2 pb-2">
          {needs.map((need) => (
            <li key={`${need.kind}-${need.id}`}>
              <Link href={placeOf(need)} className="flex items-start gap-2.5 rounded-control px-2 py-2 hover:bg-hover">
                <Mark look="waiting" className="mt-1 size-3" />
                <span className="min-w-0 grow">{need.message}</span>
                <ArrowRight className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Pool({ pool }: { pool: OverviewDto["pool"] }) {
  const parts: Array<{ state: keyof OverviewDto["pool"]; word: string; look: Look; style: string }> = [
    { state: "unused", word: "ready", look: "planned", style: "bg-ok/30" },
    { state: "assigned", word: "in use", look: "sent", style: "bg-ok" },
    { state: "resting", word: "resting", look: "waiting", style: "bg-wait" },
    { state: "banned", word: "banned", look: "lost", style: "bg-dead" },
  ];
  const total = parts.reduce((sum, { state }) => sum + pool[state], 0);
  return (
    <Card className="p-4" aria-label="Pool">
      <h2 className="font-strong">Pool</h2>
      <div aria-hidden className="mt-3 flex h-3 gap-0.5 overflow-hidden rounded-full bg-line">
        {parts.map(({ state, style }) => (
          <div key={state} className={style} style={{ width: `${(100 * pool[state]) / Math.max(1, total)}%` }} />
        ))}
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-5">
        {parts.map(({ state, word, look }) => (
          <li key={state}>
            <Link
              href={`/admin/sessions?filter=${state}`}
              className="tabular flex items-center gap-2 rounded-control py-1 text-muted text-sm hover:text-text max-sm:py-2"
            >
              <Mark look={look} />
              {formatNumber(pool[state])} {word}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
