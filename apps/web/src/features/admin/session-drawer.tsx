"use client";

import type { SessionDto } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Facts, fact } from "@/components/ui/facts";
import { Code } from "@/components/ui/name";
import { ErrorNote, Reason } from "@/components/ui/notice";
import { Confirm } from "@/components/ui/overlay";
import { RowDrawer } from "@/components/ui/row-drawer";
import { errorOf } from "@/lib/error";
import { formatMoment, formatNumber } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { SessionStateMark } from "./session-state";

const when = (at: string | null): string => (at === null ? "never" : formatMoment(at));

export function SessionDrawer({ session, onClose }: { session: SessionDto | undefined; onClose(): void }) {
  return (
    <RowDrawer row={session} nameOf={({ label }) => label} onClose={onClose}>
      {(session) => <SessionDetails session={session} onClose={onClose} />}
    </RowDrawer>
  );
}

function SessionDetails({ session, onClose }: { session: SessionDto; onClose(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: trpc.sessions.pathKey() });
  const remove = useMutation(trpc.sessions.remove.mutationOptions({ onSuccess }));
  const wake = useMutation(trpc.sessions.wake.mutationOptions({ onSuccess }));
  const retry = useMutation(trpc.sessions.retry.mutationOptions({ onSuccess }));
  const isUntried = session.code === "BEING_CHECKED";
  const removable = session.userId === null || session.state === "banned";
  return (
    <>
      <div>
        <SessionStateMark state={session.state} />
        <Reason {...session} />
      </div>
      <Facts
        facts={[
          ["Telegram name", session.username === null ? "none" : `@${session.username.replace(/^@/, "")}`],
          ["Phone", session.phoneMasked ?? "not known"],
          ["File", <Code key="file">{session.fileName}</Code>],
          ["User", session.userEmail ?? "nobody"],
          ["API pair", session.apiId === null ? "none yet" : <Code key="api">{session.apiId}</Code>],
          ["Posts", formatNumber(session.sent)],
          ["Last used", when(session.lastUsedAt)],
          ["Added", when(session.addedAt)],
          ...(session.restingUntil === null
            ? []
            : [fact("Rests until", session.needsAdmin ? "you wake it" : when(session.restingUntil))]),
          ...(session.bannedAt === null ? [] : [fact("Banned", when(session.bannedAt))]),
        ]}
      />
      {retry.isError && <ErrorNote error={errorOf(retry.error)} />}
      <p role="status" className="empty:hidden">
        {retry.data?.message}
      </p>
      <div className="flex flex-wrap gap-2">
        {(session.state === "banned" || isUntried) && (
          <Button busy={retry.isPending} onClick={() => retry.mutate({ id: session.id })}>
            Try again
          </Button>
        )}
        {session.state === "resting" && !isUntried && (
          <Confirm
            title={`Wake ${session.label}?`}
            text="It posts again with the next cycle. If Telegram still limits it, waking it can cost the account."
            action="Wake session"
            onConfirm={() => wake.mutateAsync({ id: session.id })}
          >
            <Button>Wake session</Button>
          </Confirm>
        )}
        {removable ? (
          <Confirm
            title={`Remove ${session.label}?`}
            text="Its file is deleted from the pool and cannot be brought back. The Telegram account itself stays."
            action="Remove session"
            onConfirm={async () => {
              await remove.mutateAsync({ id: session.id });
              onClose();
            }}
          >
            <Button>Remove session</Button>
          </Confirm>
        ) : (
          <p className="text-muted text-sm">It can be removed once {session.userEmail} no longer uses it.</p>
        )}
      </div>
    </>
  );
}
