import type { LogEntryDto, LogLevel } from "@herald/contract";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Disclosure } from "@/components/ui/notice";

const icon: Record<LogLevel, ReactNode> = {
  info: <span className="block size-3.5" />,
  warning: <TriangleAlert className="size-3.5 text-wait" aria-label="Warning:" />,
  error: <CircleAlert className="size-3.5 text-dead" aria-label="Error:" />,
};

export function LogLine({ entry, time }: { entry: LogEntryDto; time: string }) {
  return (
    <li className="flex items-start gap-2.5 py-1 text-sm">
      <time dateTime={entry.at} className="shrink-0 text-muted leading-5">
        {time}
      </time>
      <span className="mt-[3px] shrink-0">{icon[entry.level]}</span>
      <div className="min-w-0 grow">
        <p className="break-words">{entry.text}</p>
        <Disclosure code={entry.code} />
      </div>
    </li>
  );
}
