"use client";

import type { SyncStateDto } from "@herald/contract";
import { Card, CardHeader } from "@/components/ui/card";
import { todayAt } from "@/lib/fold-event";
import { useNow } from "@/lib/live";
import { HourBars } from "../hour-bars";

/** How often the card looks whether it is another day, in milliseconds. */
const LOOK_EVERY_MS = 10_000;

export function TodayCard({ state: { today, viewer } }: { state: Pick<SyncStateDto, "today" | "viewer"> }) {
  const { hours: counted } = todayAt(today, viewer.timeZone, useNow(LOOK_EVERY_MS));
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const counts = counted.find((entry) => entry.hour === hour);
    const label = `${String(hour).padStart(2, "0")}:00`;
    return { label, sent: counts?.sent ?? 0, failed: counts?.failed ?? 0, skipped: counts?.skipped ?? 0 };
  });
  return (
    <Card aria-label="Today by hour">
      <CardHeader title="Today by hour">
        <span className="text-muted text-sm">{viewer.timeZone}</span>
      </CardHeader>
      {counted.length === 0 ? (
        <p className="px-4 pb-6 text-muted">What is posted today is counted here, hour by hour.</p>
      ) : (
        <div className="px-4 pb-3">
          <HourBars label="Posts of today by hour" hours={hours} />
        </div>
      )}
    </Card>
  );
}
