import type { ErrorDto } from "@herald/contract";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** What happened, what was not changed, what to do; the code for who needs it. */
export function ErrorNote({
  error,
  children,
  className,
}: {
  error: ErrorDto;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <div
      role="alert"
      className={cn("flex items-start gap-3 rounded-card border border-dead/45 bg-dead/8 px-3 py-2.5", className)}
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-dead" aria-hidden />
      <div className="min-w-0 grow">
        <p>{error.message}</p>
        <Disclosure code={error.code} />
      </div>
      {children}
    </div>
  );
}

/** Something that a person should know before anything else on the page. */
export function WarningNote({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      role="status"
      className={cn("flex items-start gap-3 rounded-card border border-wait/45 bg-wait/8 px-3 py-2.5", className)}
    >
      <TriangleAlert className="mt-0.5 size-4 shrink-0 text-wait" aria-hidden />
      <p className="min-w-0 grow text-pretty">{children}</p>
    </div>
  );
}

/** The technical word behind a plain sentence. */
export function Disclosure({ code }: { code: string | null }) {
  if (code === null) return null;
  return (
    <details className="mt-0.5 text-muted text-xs">
      <summary className="w-fit select-none rounded-control py-1 hover:text-text max-sm:py-2">Details</summary>
      <code className="mt-0.5 block font-mono">{code}</code>
    </details>
  );
}

/** Why something is as it is, in plain words; nothing where there is nothing to say. */
export function Reason({ reason, code }: { reason: string | null; code: string | null }) {
  return (
    <>
      {reason !== null && <p className="mt-2 text-pretty">{reason}</p>}
      <Disclosure code={code} />
    </>
  );
}

/** What a place is for while it is empty, and the one thing that fills it. */
export function Empty({
  icon,
  title,
  text,
  heading: Heading = "h2",
  children,
}: {
  icon: ReactNode;
  title: string;
  text: ReactNode;
  /** `h1` where it is all there is on the page */
  heading?: "h1" | "h2";
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <div
        className="mb-3 flex size-10 items-center justify-center rounded-card border border-line bg-bg text-muted [&_svg]:size-5"
        aria-hidden
      >
        {icon}
      </div>
      <Heading className="font-strong text-lg">{title}</Heading>
      <div className="mt-1 max-w-[52ch] text-pretty text-muted [&_summary]:mx-auto">{text}</div>
      {children !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

/** Stands where something is being fetched. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse rounded-control bg-hover", className)} />;
}
