"use client";

import type { SyncStateDto } from "@herald/contract";
import { PlugZap } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Disclosure, Empty, Skeleton } from "@/components/ui/notice";
import { errorOf } from "@/lib/error";
import { useSync } from "@/lib/live";

/** Draws a page once its query has answered; until then its outline, or why it cannot be drawn. */
export function QueryGate<Data>({
  query,
  children,
}: {
  query: { data: Data | undefined; error: unknown; refetch(): unknown; isFetching: boolean };
  children(data: Data): ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null)
    return (
      <div className="space-y-4" aria-busy>
        <p role="status" className="sr-only">
          Loading
        </p>
        <Skeleton className="h-9 w-48" />
        <Skeleton className="h-32 rounded-card" />
        <Skeleton className="h-64 rounded-card" />
      </div>
    );
  const error = errorOf(query.error);
  return (
    <Empty
      icon={<PlugZap />}
      title="This page cannot be filled at the moment"
      text={
        <>
          {error.message}
          <Disclosure code={error.code} />
        </>
      }
    >
      <Button look="primary" busy={query.isFetching} onClick={() => query.refetch()}>
        Try again
      </Button>
    </Empty>
  );
}

export function StateGate({ children }: { children(state: SyncStateDto): ReactNode }) {
  return <QueryGate query={useSync()}>{children}</QueryGate>;
}
