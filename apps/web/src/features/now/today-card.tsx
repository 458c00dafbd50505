"use client";

import type { SyncStateDto } from "@herald/contract";
import { Card, CardHeader } from "@/components/ui/card";
import { formatTime } from "@/lib/format";
import { HourBars } from "../hour-bars";

export function TodayCard({ today, now }: Pick<SyncStateDto, "today" | "now">) {
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const counts = today.find((entry) => entry.hour === hour);
    const label = formatTime(`${now.slice(0, 10)}T${String(hour).padStart(2, "0")}:00:00Z`);
    return { label, sent: counts?.sent ?? 0, failed: counts?.failed ?? 0, skipped: counts?.skipped ?? 0 };
  });
  return (
    <Card aria-label="Today by hour">
      <CardHeader title="Today by hour" />
      {today.length === 0 ? (
        <p className="px-4 pb-6 text-muted">What is posted today is counted here, hour by hour.</p>
      ) : (
        <div className="px-4 pb-3">
          <HourBars label="Posts of today by hour" hours={hours} />
        </div>
      )}
    </Card>
  );
}
