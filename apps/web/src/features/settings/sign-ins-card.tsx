"use client";

import { SIGN_IN_DAYS, type SignInDto } from "@herald/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote, Skeleton } from "@/components/ui/notice";
import { Confirm } from "@/components/ui/overlay";
import { errorOf } from "@/lib/error";
import { formatMoment, formatWhen } from "@/lib/format";
import { leave } from "@/lib/leave";
import { useNow, useRefetchState } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { deviceOf } from "./device";

/** A sign-in is noted as seen once a minute: one seen within this is in use. Milliseconds. */
const IN_USE_MS = 120_000;

/** Which browsers are signed in as the person, and the way to end that. */
export function SignInsCard({ hasApiKey }: { hasApiKey: boolean }) {
  const trpc = useTRPC();
  const signIns = useQuery(trpc.signIns.list.queryOptions());
  return (
    <Card className="p-5" aria-label="Where you are signed in">
      <h2 className="font-strong text-lg">Where you are signed in</h2>
      <p className="mt-1 text-pretty text-muted">
        A sign-in ends by itself {SIGN_IN_DAYS} days after it began. If you do not know one of these, end it and change
        your password.
      </p>
      {signIns.data === undefined ? (
        signIns.error === null ? (
          <Skeleton className="mt-4 h-16" />
        ) : (
          <ErrorNote error={errorOf(signIns.error)} className="mt-4">
            <Button busy={signIns.isFetching} onClick={() => signIns.refetch()}>
              Try again
            </Button>
          </ErrorNote>
        )
      ) : (
        <SignIns signIns={signIns.data} hasApiKey={hasApiKey} />
      )}
    </Card>
  );
}

function SignIns({ signIns, hasApiKey }: { signIns: SignInDto[]; hasApiKey: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // what was ended elsewhere meanwhile shows by that as well
  const onSettled = () => queryClient.invalidateQueries({ queryKey: trpc.signIns.pathKey() });
  const end = useMutation(trpc.signIns.end.mutationOptions({ onSettled }));
  return (
    <>
      <ul className="mt-4 divide-y divide-line border-line border-y">
        {signIns.map((signIn) => (
          <SignInRow
            key={signIn.id}
            signIn={signIn}
            busy={end.isPending && end.variables.id === signIn.id}
            onEnd={() => (signIn.isCurrent ? leave("/sign-in") : end.mutate({ id: signIn.id }))}
          />
        ))}
      </ul>
      {end.error !== null && <ErrorNote error={errorOf(end.error)} className="mt-3" />}
      {signIns.length > 1 && <EndOthers hasApiKey={hasApiKey} onSettled={onSettled} />}
    </>
  );
}

function SignInRow({ signIn, busy, onEnd }: { signIn: SignInDto; busy: boolean; onEnd(): void }) {
  const now = useNow(30_000);
  const { words, isMobile } = deviceOf(signIn.userAgent);
  const Icon = isMobile ? Smartphone : Monitor;
  const isInUse = signIn.isCurrent || now - Date.parse(signIn.lastSeenAt) < IN_USE_MS;
  return (
    <li className="flex items-center gap-3 py-3">
      <Icon className="size-5 shrink-0 text-muted max-sm:self-start max-sm:mt-0.5" aria-hidden />
      <div className="min-w-0 grow" title={signIn.userAgent ?? undefined}>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="font-strong">{words}</span>
          {signIn.isCurrent && (
            <span className="rounded-control border border-accent/45 bg-accent/8 px-1.5 text-xs">This browser</span>
          )}
        </p>
        <p className="tabular wrap-anywhere text-muted text-sm">
          {isInUse ? "In use now" : `Last seen ${formatWhen(signIn.lastSeenAt, now)}`}
          {signIn.address !== null && ` · from ${signIn.address}`}
          <span className="max-sm:block">
            <span className="max-sm:hidden"> · </span>since {formatMoment(signIn.createdAt)}
          </span>
        </p>
      </div>
      <Button look="quiet" busy={busy} onClick={onEnd} aria-label={`Sign out ${signIn.isCurrent ? "here" : words}`}>
        Sign out
      </Button>
    </li>
  );
}

function EndOthers({ hasApiKey, onSettled }: { hasApiKey: boolean; onSettled(): Promise<void> }) {
  const trpc = useTRPC();
  const refetchState = useRefetchState();
  const [apiKey, setApiKey] = useState(false);
  const endOthers = useMutation(trpc.signIns.endOthers.mutationOptions({ onSuccess: refetchState, onSettled }));
  return (
    <div className="mt-4">
      <Confirm
        title="Sign out everywhere else?"
        text="All other browsers are signed out at once, and pages that are open there end. This one stays, and posting goes on."
        action="Sign out everywhere else"
        choice={
          hasApiKey && (
            <label className="mt-4 flex cursor-pointer items-start gap-2">
              <input
                type="checkbox"
                className="mt-0.5 size-4"
                checked={apiKey}
                onChange={(event) => setApiKey(event.target.checked)}
              />
              <span>Revoke my API key too: programs that use it are refused from then on</span>
            </label>
          )
        }
        onConfirm={() => endOthers.mutateAsync({ apiKey })}
      >
        <Button>Sign out everywhere else</Button>
      </Confirm>
    </div>
  );
}
