"use client";

import { cn } from "@/lib/cn";
import { useConnection, useNow } from "@/lib/live";

/** From when on, in seconds, the stream counts as lost rather than late. */
const LOST_AFTER = 20;

/** Whether what the page shows is what is: live, behind by so many seconds, or lost. */
export function ConnectionLight() {
  const connection = useConnection();
  useNow(1000);
  const behind = connection.status === "live" ? 0 : Math.max(1, Math.round((Date.now() - connection.since) / 1000));
  const state = connection.status === "live" ? "live" : behind < LOST_AFTER ? "behind" : "lost";
  const behindWord = connection.status === "connecting" ? "Connecting" : `Behind by ${behind} s`;
  const word = { live: "Live", behind: behindWord, lost: "Connection lost" }[state];
  return (
    <div
      title={state === "live" ? "What you see is current." : "Trying to connect again. Posting goes on meanwhile."}
      className="flex items-center gap-2 whitespace-nowrap text-muted text-sm"
    >
      <span
        aria-hidden
        className={cn(
          "size-2",
          state === "live" && "rounded-full bg-ok",
          state === "behind" && "rounded-[2px] bg-wait",
          state === "lost" && "rotate-45 bg-dead",
        )}
      />
      {/* said when it changes, and not with every second */}
      <span role="status" className="sr-only">
        {{ live: "Live", behind: "Behind", lost: "Connection lost" }[state]}
      </span>
      <span aria-hidden className={cn(state === "live" && "max-sm:hidden")}>
        {word}
      </span>
    </div>
  );
}
