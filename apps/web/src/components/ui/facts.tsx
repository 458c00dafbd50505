import type { ReactNode } from "react";

type Fact = [name: string, value: ReactNode];

export const fact = (name: string, value: ReactNode): Fact => [name, value];

/** Names and values of one thing. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className="divide-y divide-line border-line border-y">
      {facts.map(([name, value]) => (
        <div key={name} className="flex items-baseline justify-between gap-4 py-2">
          <dt className="shrink-0 text-muted">{name}</dt>
          <dd className="tabular min-w-0 wrap-anywhere text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
