"use client";

import type { GroupDto } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { Disclosure, ErrorNote } from "@/components/ui/notice";
import { Confirm, Drawer } from "@/components/ui/overlay";
import { errorOf } from "@/lib/error";
import { formatDay, formatNumber, formatTime } from "@/lib/format";
import { useFold } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { GroupState } from "./group-state";

export function GroupDrawer({ group, onClose }: { group: GroupDto | undefined; onClose(): void }) {
  return (
    <Drawer title={group?.title ?? group?.reference ?? ""} open={group !== undefined} onClose={onClose}>
      {group !== undefined && <GroupDetails group={group} onClose={onClose} />}
    </Drawer>
  );
}

function GroupDetails({ group, onClose }: { group: GroupDto; onClose(): void }) {
  const trpc = useTRPC();
  const fold = useFold();
  const onSuccess = () => fold({ type: "groups" });
  const remove = useMutation(trpc.groups.remove.mutationOptions({ onSuccess }));
  const reactivate = useMutation(trpc.groups.reactivate.mutationOptions({ onSuccess }));
  return (
    <div className="space-y-5">
      <div>
        <GroupState group={group} />
        {group.reason !== null && <p className="mt-2 text-pretty">{group.reason}</p>}
        <Disclosure code={group.code} />
      </div>
      <Facts
        facts={[
          [
            "Written as",
            <code key="ref" className="break-all font-mono text-sm">
              {group.reference}
            </code>,
          ],
          [
            "Chat id",
            group.chatId === null ? (
              "not looked up yet"
            ) : (
              <code key="id" className="font-mono text-sm">
                {group.chatId}
              </code>
            ),
          ],
          ["Posted", formatNumber(group.sent)],
          ["Refused", formatNumber(group.failed)],
          [
            "Last post",
            group.lastSentAt === null ? "never" : `${formatDay(group.lastSentAt)}, ${formatTime(group.lastSentAt)}`,
          ],
        ]}
      />
      {reactivate.error !== null && <ErrorNote error={errorOf(reactivate.error)} />}
      <div className="flex gap-2">
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
    </div>
  );
}
