import type { ReactNode } from "react";

/** Names and values of one thing. */
export function Facts({ facts }: { facts: Array<[name: string, value: ReactNode]> }) {
  return (
    <dl className="divide-y divide-line border-line border-y">
      {facts.map(([name, value]) => (
        <div key={name} className="flex items-baseline justify-between gap-4 py-2">
          <dt className="shrink-0 text-muted">{name}</dt>
          <dd className="tabular min-w-0 text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
