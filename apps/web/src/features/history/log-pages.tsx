"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty } from "@/components/ui/notice";
import { formatDay, formatTimeOfSecond } from "@/lib/format";
import { useTRPC, useTRPCClient } from "@/lib/trpc";
import { LogLine } from "../log-line";
import { QueryGate } from "../state-gate";

const PAGE = 100;

/** The whole log, newest first, a page at a time. */
export function LogPages() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const query = useInfiniteQuery({
    queryKey: [...trpc.bot.log.queryKey(), "pages"],
    queryFn: ({ pageParam }) => client.bot.log.query({ before: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
    staleTime: 0,
  });
  return (
    <QueryGate query={query}>
      {({ pages }) => {
        const days = Map.groupBy(pages.flat(), (entry) => formatDay(entry.at));
        if (days.size === 0)
          return (
            <Card>
              <Empty
                icon={<ScrollText />}
                title="The log is empty"
                text="What Herald does is written here, line by line."
              />
            </Card>
          );
        return (
          <Card className="px-4 py-3">
            {[...days].map(([day, entries]) => (
              <section key={day} aria-label={day} className="mb-4 last:mb-0">
                <h2 className="mb-1 font-strong text-sm">{day}</h2>
                <ol>
                  {entries.map((entry) => (
                    <LogLine key={entry.id} entry={entry} time={formatTimeOfSecond(entry.at)} />
                  ))}
                </ol>
              </section>
            ))}
            {query.hasNextPage && (
              <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                Show older lines
              </Button>
            )}
          </Card>
        );
      }}
    </QueryGate>
  );
}
