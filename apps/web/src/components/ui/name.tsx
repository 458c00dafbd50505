import { cn } from "@/lib/cn";

/** A name that somebody gave: on one line, cut at its own end in either direction of writing, whole under the pointer. */
export function Name({ children, className }: { children: string; className?: string }) {
  return (
    <div dir="auto" title={children} className={cn("truncate text-left", className)}>
      {children}
    </div>
  );
}

/** A name over what tells it from others of that name: how a table's rows begin. */
export function NameCell({ name, muted, note }: { name: string; muted?: boolean; note?: React.ReactNode }) {
  return (
    <>
      <Name className={cn(muted && "text-muted")}>{name}</Name>
      {note != null && <div className="truncate text-muted text-xs">{note}</div>}
    </>
  );
}

/** An id or a file's name, to be read letter by letter. */
export function Code({ children }: { children: React.ReactNode }) {
  return <code className="break-all font-mono text-sm">{children}</code>;
}
