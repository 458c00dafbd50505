"use client";

import type { SlotDto, SyncStateDto } from "@herald/contract";
import { ExternalLink, History } from "lucide-react";
import Link from "next/link";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Column } from "@/components/ui/data-table";
import { FilteredTable, type Filters } from "@/components/ui/filtered-table";
import { MarkWord } from "@/components/ui/mark";
import { Name } from "@/components/ui/name";
import { Disclosure, Empty } from "@/components/ui/notice";
import { isSettled } from "@/lib/fold-event";
import { formatWhenOfSecond } from "@/lib/format";
import { groupName, sessionName } from "@/lib/names";
import { explain, type Look, lookOf, lookWord } from "@/lib/outcome";

interface Delivery {
  slot: SlotDto;
  look: Look;
  group: string;
  session: string;
  at: string;
}

const looks: Look[] = ["sent", "refused", "lost", "waiting", "skipped", "sending", "planned"];

const columns = (now: number): Array<Column<Delivery>> => [
  {
    key: "at",
    title: "Time",
    sort: ({ at }) => at,
    cell: ({ at }) => (
      <time dateTime={at} className="text-muted">
        {formatWhenOfSecond(at, now)}
      </time>
    ),
  },
  {
    key: "group",
    title: "Group",
    wide: true,
    grow: true,
    sort: ({ group }) => group.toLowerCase(),
    cell: ({ group }) => <Name>{group}</Name>,
  },
  {
    key: "session",
    title: "Account",
    wide: true,
    grow: true,
    sort: ({ session }) => session.toLowerCase(),
    cell: ({ session }) => <Name className="text-muted">{session}</Name>,
  },
  {
    key: "outcome",
    title: "Outcome",
    grow: true,
    sort: ({ look }) => looks.indexOf(look),
    cell: ({ slot, look, group, session }) => (
      <>
        <Name className="md:hidden">{group}</Name>
        <MarkWord look={look} />
        <div className="wrap-anywhere text-muted text-sm">{explain(slot, session, group)}</div>
        <Disclosure code={slot.code} />
      </>
    ),
  },
  {
    key: "link",
    title: "Message",
    right: true,
    cell: ({ slot }) =>
      slot.messageLink !== null && (
        <a
          href={slot.messageLink}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 rounded-control py-0.5 text-accent hover:underline max-sm:py-2.5"
        >
          Open <span className="sr-only">in Telegram</span>
          <ExternalLink className="size-3.5" aria-hidden />
        </a>
      ),
  },
];

/** Every post of the cycle at hand, with what became of it. */
export function Deliveries({ state }: { state: SyncStateDto }) {
  const deliveries = useMemo(
    () =>
      state.slots
        .map((slot) => ({
          slot,
          look: lookOf(slot),
          group: groupName(state.groups, slot),
          session: sessionName(state.bot.sessions, slot.sessionId, slot.sessionName),
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
  const filters: Filters<Delivery> = Object.fromEntries(
    present.map((look) => [look, { label: lookWord[look], fits: (delivery) => delivery.look === look }]),
  );
  return (
    <FilteredTable
      label="Posts"
      rows={deliveries}
      filters={filters}
      textOf={({ group, session }) => `${group} ${session}`}
      columns={columns(Date.parse(state.now))}
      idOf={({ slot }) => slot.id}
      nameOf={({ group }) => group}
    />
  );
}
