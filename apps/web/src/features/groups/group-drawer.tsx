"use client";

import type { GroupDto } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Facts, fact } from "@/components/ui/facts";
import { Code } from "@/components/ui/name";
import { ErrorNote, Reason } from "@/components/ui/notice";
import { Confirm } from "@/components/ui/overlay";
import { RowDrawer } from "@/components/ui/row-drawer";
import { errorOf } from "@/lib/error";
import { formatMoment, formatNumber } from "@/lib/format";
import { useRefetchState } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { GroupState } from "./group-state";

export function GroupDrawer({ group, onClose }: { group: GroupDto | undefined; onClose(): void }) {
  return (
    <RowDrawer row={group} nameOf={({ title, reference }) => title ?? reference} onClose={onClose}>
      {(group) => <GroupDetails group={group} onClose={onClose} />}
    </RowDrawer>
  );
}

function GroupDetails({ group, onClose }: { group: GroupDto; onClose(): void }) {
  const trpc = useTRPC();
  const onSuccess = useRefetchState();
  const remove = useMutation(trpc.groups.remove.mutationOptions({ onSuccess }));
  const reactivate = useMutation(trpc.groups.reactivate.mutationOptions({ onSuccess }));
  return (
    <>
      <div>
        <GroupState group={group} />
        <Reason {...group} />
      </div>
      <Facts
        facts={[
          ["Written as", <Code key="ref">{group.reference}</Code>],
          ["Chat id", group.chatId === null ? "not looked up yet" : <Code key="id">{group.chatId}</Code>],
          ["Posted", formatNumber(group.sent)],
          ["Refused", formatNumber(group.failed)],
          ...(group.askedAgainAt === null ? [] : [fact("Asked again", formatMoment(group.askedAgainAt))]),
          ["Last post", group.lastSentAt === null ? "never" : formatMoment(group.lastSentAt)],
        ]}
      />
      {reactivate.error !== null && <ErrorNote error={errorOf(reactivate.error)} />}
      <div className="flex flex-wrap gap-2">
        {group.state === "retired" && (
          <Button look="primary" busy={reactivate.isPending} onClick={() => reactivate.mutate({ ids: [group.id] })}>
            Reactivate group
          </Button>
        )}
        <Confirm
          title="Remove this group?"
          text="Nothing more is posted there. Posts that are already there stay."
          action="Remove group"
          onConfirm={async () => {
            await remove.mutateAsync({ ids: [group.id] });
            onClose();
          }}
        >
          <Button>Remove group</Button>
        </Confirm>
      </div>
    </>
  );
}
