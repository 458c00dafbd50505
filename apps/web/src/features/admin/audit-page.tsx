"use client";

import type { AuditEntryDto } from "@herald/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card, PageHead } from "@/components/ui/card";
import { type Column, DataTable } from "@/components/ui/data-table";
import { Name, NameCell } from "@/components/ui/name";
import { Empty } from "@/components/ui/notice";
import { formatWhenOfSecond } from "@/lib/format";
import { useNow } from "@/lib/live";
import { useTRPC, useTRPCClient } from "@/lib/trpc";
import { useUrlState } from "@/lib/url-state";
import { QueryGate } from "../state-gate";
import { AuditDrawer } from "./audit-drawer";
import { actOf, actorWord } from "./audit-words";

const PAGE = 50;

const columns = (now: number, userName: (id: string) => string): Array<Column<AuditEntryDto>> => [
  {
    key: "act",
    title: "What, and who",
    grow: true,
    cell: ({ action, actor }) => (
      <NameCell
        name={actOf(action)}
        note={
          <>
            <bdi>{actor.name}</bdi>, {actorWord[actor.kind]}
          </>
        }
      />
    ),
  },
  {
    key: "concerns",
    title: "Concerns",
    grow: true,
    wide: true,
    cell: ({ userId }) =>
      userId === null ? <span className="text-muted">all users</span> : <Name>{userName(userId)}</Name>,
  },
  {
    key: "target",
    title: "Target",
    grow: true,
    wide: true,
    cell: ({ target }) => <Name className="font-mono text-muted text-xs">{`${target.kind} ${target.id}`}</Name>,
  },
  {
    key: "at",
    title: "When",
    right: true,
    cell: (entry) => <time dateTime={entry.at}>{formatWhenOfSecond(entry.at, now)}</time>,
  },
];

/** Who changed what, newest first, a page at a time. */
export function AuditPage() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const query = useInfiniteQuery({
    queryKey: [...trpc.audit.list.queryKey(), "pages"],
    queryFn: ({ pageParam }) => client.audit.list.query({ before: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
  return (
    <div className="space-y-4">
      <PageHead title="Audit" text="Who changed what, and when. Entries are kept as they were written." />
      <QueryGate query={query}>
        {({ pages }) => (
          <>
            <Entries entries={pages.flatMap(({ entries }) => entries)} />
            {query.hasNextPage && (
              <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                Show older entries
              </Button>
            )}
          </>
        )}
      </QueryGate>
    </div>
  );
}

function Entries({ entries }: { entries: AuditEntryDto[] }) {
  const trpc = useTRPC();
  const users = useQuery(trpc.users.list.queryOptions());
  const [openId, setOpenId] = useUrlState("entry");
  const now = useNow(60_000);
  const userName = (id: string) => users.data?.find((user) => user.id === id)?.name ?? "a former user";
  if (entries.length === 0)
    return (
      <Card>
        <Empty
          icon={<ClipboardList />}
          title="Nothing was changed yet"
          text="Whatever somebody changes is written here: who did it, to what, and what it was before."
        />
      </Card>
    );
  return (
    <>
      <DataTable
        label="Audit"
        rows={entries}
        columns={columns(now, userName)}
        idOf={({ id }) => id}
        nameOf={({ action }) => actOf(action)}
        onOpen={({ id }) => setOpenId(id)}
      />
      <AuditDrawer entry={entries.find(({ id }) => id === openId)} userName={userName} onClose={() => setOpenId("")} />
    </>
  );
}
