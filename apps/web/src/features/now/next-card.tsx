"use client";

import type { BotSessionDto, SlotDto, SyncStateDto } from "@herald/contract";
import { Card } from "@/components/ui/card";
import { formatDuration } from "@/lib/format";
import { useNow } from "@/lib/live";
import { groupName, sessionName } from "@/lib/names";
import { explain } from "@/lib/outcome";

/** When the slot can go, in ms since 1970: not before its time, its own wait and its account's rest are over. */
function dueAt(slot: SlotDto, sessions: BotSessionDto[]): number {
  const session = sessions.find(({ id }) => id === slot.sessionId);
  const times = [slot.plannedAt, slot.waitUntil, session?.restingUntil];
  return Math.max(...times.map((time) => Date.parse(time ?? slot.plannedAt)));
}

/** The open slot whose turn is next. */
function nextSlot(slots: SlotDto[], sessions: BotSessionDto[]): { slot: SlotDto; at: number } | null {
  let next: { slot: SlotDto; at: number } | null = null;
  for (const slot of slots) {
    if (slot.state !== "planned") continue;
    const at = dueAt(slot, sessions);
    if (next === null || at < next.at) next = { slot, at };
  }
  return next;
}

export function NextCard({ state }: { state: SyncStateDto }) {
  const now = useNow(500);
  const next = nextSlot(state.slots, state.bot.sessions);
  return (
    <Card className="flex flex-col p-5" aria-label="Next">
      <h2 className="text-muted text-sm">Next</h2>
      {next !== null ? (
        <NextPost slot={next.slot} at={next.at} state={state} now={now} />
      ) : state.bot.nextCycleAt !== null ? (
        <>
          <p className="mt-1 text-lg">The next cycle</p>
          <Countdown to={Date.parse(state.bot.nextCycleAt)} now={now} />
        </>
      ) : (
        <p className="mt-1 text-lg text-muted">The last posts of this cycle are under way.</p>
      )}
    </Card>
  );
}

function NextPost({ slot, at, state, now }: { slot: SlotDto; at: number; state: SyncStateDto; now: number }) {
  const session = sessionName(state.bot.sessions, slot.sessionId, slot.sessionName);
  const group = groupName(state.groups, slot);
  const why = slot.waitUntil === null ? null : explain(slot, session, group);
  return (
    <>
      <p className="mt-1 truncate text-lg">
        <bdi>{session}</bdi> <span className="text-muted">to</span> <bdi>{group}</bdi>
      </p>
      <Countdown to={at} now={now} />
      {why !== null && <p className="text-muted text-sm">Waiting: {why}.</p>}
    </>
  );
}

function Countdown({ to, now }: { to: number; now: number }) {
  const seconds = Math.ceil((to - now) / 1000);
  return (
    <p className="tabular mt-auto pt-2 font-strong text-2xl">{seconds > 0 ? `in ${formatDuration(seconds)}` : "now"}</p>
  );
}
