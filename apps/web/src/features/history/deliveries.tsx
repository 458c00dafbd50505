"use client";

import type { SlotDto, SyncStateDto } from "@herald/contract";
import { ExternalLink, History } from "lucide-react";
import Link from "next/link";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Chips } from "@/components/ui/chips";
import { type Column, DataTable } from "@/components/ui/data-table";
import { MarkWord } from "@/components/ui/mark";
import { Disclosure, Empty } from "@/components/ui/notice";
import { isSettled } from "@/lib/fold-event";
import { formatTimeOfSecond } from "@/lib/format";
import { groupName, sessionName } from "@/lib/names";
import { explain, type Look, lookOf, lookWord } from "@/lib/outcome";
import { useUrlState } from "@/lib/url-state";

interface Delivery {
  slot: SlotDto;
  look: Look;
  group: string;
  session: string;
  at: string;
}

const looks: Look[] = ["sent", "refused", "lost", "waiting", "skipped", "sending", "planned"];

const columns: Array<Column<Delivery>> = [
  {
    key: "at",
    title: "Time",
    sort: ({ at }) => at,
    cell: ({ at }) => (
      <time dateTime={at} className="text-muted">
        {formatTimeOfSecond(at)}
      </time>
    ),
  },
  { key: "group", title: "Group", sort: ({ group }) => group.toLowerCase(), cell: ({ group }) => group },
  {
    key: "session",
    title: "Account",
    wide: true,
    sort: ({ session }) => session.toLowerCase(),
    cell: ({ session }) => <span className="text-muted">{session}</span>,
  },
  {
    key: "outcome",
    title: "Outcome",
    sort: ({ look }) => looks.indexOf(look),
    cell: ({ slot, look, group, session }) => (
      <div>
        <MarkWord look={look} />
        <div className="text-muted text-sm">{explain(slot, session, group)}</div>
        <Disclosure code={slot.code} />
      </div>
    ),
  },
  {
    key: "link",
    title: "",
    right: true,
    cell: ({ slot }) =>
      slot.messageLink !== null && (
        <a
          href={slot.messageLink}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 whitespace-nowrap rounded-control text-accent hover:underline"
        >
          Open <span className="sr-only">in Telegram</span>
          <ExternalLink className="size-3.5" aria-hidden />
        </a>
      ),
  },
];

/** Every post of the cycle at hand, with what became of it. */
export function Deliveries({ state }: { state: SyncStateDto }) {
  const [filter, setFilter] = useUrlState("outcome", "all");
  const deliveries = useMemo(
    () =>
      state.slots
        .map((slot) => ({
          slot,
          look: lookOf(slot),
          group: groupName(state.groups, slot.groupId),
          session: sessionName(state.bot.sessions, slot.sessionId),
          at: slot.settledAt ?? slot.plannedAt,
        }))
        // what has happened first, newest on top; then what is to come, soonest on top
        .sort((a, b) => {
          const [done, other] = [isSettled(a.slot), isSettled(b.slot)];
          if (done !== other) return done ? -1 : 1;
          return done ? b.at.localeCompare(a.at) : a.at.localeCompare(b.at);
        }),
    [state],
  );
  if (deliveries.length === 0)
    return (
      <Card>
        <Empty
          icon={<History />}
          title="Nothing has been posted yet"
          text="Once Herald posts, every post stands here with its time, its account and what became of it."
        >
          <Button look="primary" asChild>
            <Link href="/">Go to the start</Link>
          </Button>
        </Empty>
      </Card>
    );
  const present = looks.filter((look) => deliveries.some((delivery) => delivery.look === look));
  const found = deliveries.filter((delivery) => filter === "all" || delivery.look === filter);
  return (
    <>
      <Chips
        label="Outcome"
        value={filter}
        onChange={setFilter}
        chips={[
          { value: "all", label: "All", count: deliveries.length },
          ...present.map((look) => ({
            value: look,
            label: lookWord[look],
            count: deliveries.filter((delivery) => delivery.look === look).length,
          })),
        ]}
      />
      <DataTable
        label="Posts"
        rows={found}
        columns={columns}
        idOf={({ slot }) => slot.id}
        nameOf={({ group }) => group}
      />
    </>
  );
}
