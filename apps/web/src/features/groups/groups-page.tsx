"use client";

import type { GroupDto, SyncStateDto } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { BulkBar, type Column } from "@/components/ui/data-table";
import { FilteredTable, type Filters } from "@/components/ui/filtered-table";
import { NameCell } from "@/components/ui/name";
import { ErrorNote } from "@/components/ui/notice";
import { Confirm } from "@/components/ui/overlay";
import { errorOf } from "@/lib/error";
import { formatNumber, formatWhen, plural } from "@/lib/format";
import { useRefetchState, useSync } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { useUrlState } from "@/lib/url-state";
import { StateGate } from "../state-gate";
import { GroupDrawer } from "./group-drawer";
import { GroupState } from "./group-state";
import { PasteCard } from "./paste-card";

const columns = (now: number): Array<Column<GroupDto>> => [
  {
    key: "group",
    title: "Group",
    sort: (group) => (group.title ?? group.reference).toLowerCase(),
    grow: true,
    cell: (group) => (
      <NameCell
        name={group.title ?? group.reference}
        note={group.title === null ? undefined : <span className="font-mono">{group.reference}</span>}
      />
    ),
  },
  { key: "state", title: "State", sort: (group) => group.state, cell: (group) => <GroupState group={group} /> },
  {
    key: "why",
    title: "Why",
    wide: true,
    grow: true,
    cell: (group) => <div className="truncate text-muted">{group.reason}</div>,
  },
  { key: "sent", title: "Posted", right: true, sort: (group) => group.sent, cell: (group) => formatNumber(group.sent) },
  {
    key: "failed",
    title: "Refused",
    right: true,
    wide: true,
    sort: (group) => group.failed,
    cell: (group) => formatNumber(group.failed),
  },
  {
    key: "last",
    title: "Last post",
    right: true,
    wide: true,
    sort: (group) => group.lastSentAt ?? "",
    cell: (group) => (
      <span className="text-muted">{group.lastSentAt === null ? "never" : formatWhen(group.lastSentAt, now)}</span>
    ),
  },
];

const filters: Filters<GroupDto> = {
  active: { label: "Active", fits: (group) => group.state === "active" },
  retired: { label: "Retired", fits: (group) => group.state === "retired" },
};

export function GroupsPage() {
  const [adding, setAdding] = useUrlState("add");
  const hasGroups = (useSync().data?.groups.length ?? 0) > 0;
  return (
    <div className="mx-auto max-w-[1280px] space-y-4">
      <PageHead title="Groups" text="Where your post goes. Only add groups whose rules allow it.">
        {hasGroups && adding === "" && (
          <Button look="primary" onClick={() => setAdding("1")}>
            <Plus aria-hidden />
            Add groups
          </Button>
        )}
      </PageHead>
      <StateGate>{(state) => <Groups state={state} adding={adding !== ""} onAdded={() => setAdding("")} />}</StateGate>
    </div>
  );
}

interface GroupsProps {
  state: SyncStateDto;
  adding: boolean;
  onAdded(): void;
}

function Groups({ state: { groups, viewer, now }, adding, onAdded }: GroupsProps) {
  const [openId, setOpenId] = useUrlState("group");
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const selected = groups.filter((group) => ids.has(group.id));
  return (
    <>
      {(groups.length === 0 || adding) && (
        <PasteCard groups={groups} maxGroups={viewer.plan?.maxGroups ?? null} onDone={onAdded} />
      )}
      {groups.length > 0 && (
        <FilteredTable
          label="Groups"
          rows={groups}
          filters={filters}
          textOf={(group) => `${group.title ?? ""} ${group.reference}`}
          columns={columns(Date.parse(now))}
          idOf={(group) => group.id}
          nameOf={(group) => group.title ?? group.reference}
          onOpen={(group) => setOpenId(group.id)}
          selection={{ ids, set: setIds }}
        />
      )}
      <BulkActions selected={selected} onClear={() => setIds(new Set())} />
      <GroupDrawer group={groups.find((group) => group.id === openId)} onClose={() => setOpenId("")} />
    </>
  );
}

function BulkActions({ selected, onClear }: { selected: GroupDto[]; onClear(): void }) {
  const trpc = useTRPC();
  const refetchState = useRefetchState();
  const onSuccess = () => {
    onClear();
    refetchState();
  };
  const remove = useMutation(trpc.groups.remove.mutationOptions({ onSuccess }));
  const reactivate = useMutation(trpc.groups.reactivate.mutationOptions({ onSuccess }));
  const retired = selected.filter((group) => group.state === "retired").map((group) => group.id);
  return (
    <BulkBar count={selected.length} onClear={onClear}>
      {reactivate.error !== null && <ErrorNote error={errorOf(reactivate.error)} />}
      {retired.length > 0 && (
        <Button busy={reactivate.isPending} onClick={() => reactivate.mutate({ ids: retired })}>
          Reactivate {retired.length}
        </Button>
      )}
      <Confirm
        title={`Remove ${plural(selected.length, "group")}?`}
        text="Nothing more is posted there. Posts that are already there stay."
        action="Remove"
        onConfirm={() => remove.mutateAsync({ ids: selected.map((group) => group.id) })}
      >
        <Button>Remove</Button>
      </Confirm>
    </BulkBar>
  );
}
