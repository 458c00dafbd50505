"use client";

import type { SessionDto } from "@herald/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { Disclosure } from "@/components/ui/notice";
import { Confirm, Drawer } from "@/components/ui/overlay";
import { formatDay, formatNumber, formatTime } from "@/lib/format";
import { useTRPC } from "@/lib/trpc";
import { SessionStateMark } from "./session-state";

const when = (at: string | null, never: string) => (at === null ? never : `${formatDay(at)}, ${formatTime(at)}`);

export function SessionDrawer({ session, onClose }: { session: SessionDto | undefined; onClose(): void }) {
  return (
    <Drawer title={session?.label ?? ""} open={session !== undefined} onClose={onClose}>
      {session !== undefined && <SessionDetails session={session} onClose={onClose} />}
    </Drawer>
  );
}

function SessionDetails({ session, onClose }: { session: SessionDto; onClose(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: trpc.sessions.pathKey() });
  const remove = useMutation(trpc.sessions.remove.mutationOptions({ onSuccess }));
  const wake = useMutation(trpc.sessions.wake.mutationOptions({ onSuccess }));
  const removable = session.userId === null || session.state === "banned";
  return (
    <div className="space-y-5">
      <div>
        <SessionStateMark state={session.state} />
        {session.reason !== null && <p className="mt-2 text-pretty">{session.reason}</p>}
        <Disclosure code={session.code} />
      </div>
      <Facts
        facts={[
          ["Telegram name", session.username === null ? "none" : `@${session.username.replace(/^@/, "")}`],
          ["Phone", session.phoneMasked ?? "not known"],
          [
            "File",
            <code key="file" className="break-all font-mono text-sm">
              {session.fileName}
            </code>,
          ],
          ["User", session.userEmail ?? "nobody"],
          [
            "API pair",
            session.apiId === null ? (
              "none yet"
            ) : (
              <code key="api" className="font-mono text-sm">
                {session.apiId}
              </code>
            ),
          ],
          ["Posts", formatNumber(session.sent)],
          ["Last used", when(session.lastUsedAt, "never")],
          ["Added", when(session.addedAt, "")],
          ...(session.restingUntil === null
            ? []
            : [
                ["Rests until", session.needsAdmin ? "you wake it" : when(session.restingUntil, "")] as [
                  string,
                  string,
                ],
              ]),
          ...(session.bannedAt === null ? [] : [["Banned", when(session.bannedAt, "")] as [string, string]]),
        ]}
      />
      <div className="flex flex-wrap gap-2">
        {session.state === "resting" && (
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
    </div>
  );
}
