"use client";

import { useQuery } from "@tanstack/react-query";
import { WarningNote } from "@/components/ui/notice";
import { formatTime, plural } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";

/** No event tells that nothing happens, so it is asked. */
const REFRESH_MS = 10_000;

/** That posts are due and none is confirmed; nothing while all is well. For a bot that runs. */
export function UnconfirmedNote() {
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.bot.unconfirmed.queryOptions(), refetchInterval: REFRESH_MS });
  if (data == null) return null;
  return (
    <WarningNote>
      {plural(data.due, "post is", "posts are")} due, and Telegram has confirmed none since {formatTime(data.since)}.
      Nothing is lost: Herald goes on by itself as soon as it can. If this stays, tell your admin.
    </WarningNote>
  );
}
