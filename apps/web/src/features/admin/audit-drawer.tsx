"use client";

import type { AuditEntryDto } from "@herald/contract";
import { Facts } from "@/components/ui/facts";
import { Code } from "@/components/ui/name";
import { RowDrawer } from "@/components/ui/row-drawer";
import { formatMoment } from "@/lib/format";
import { actOf, actorWord, factsChanged } from "./audit-words";

/** One act, with what it changed. */
export function AuditDrawer(props: {
  entry: AuditEntryDto | undefined;
  userName(id: string): string;
  onClose(): void;
}) {
  const { entry, userName, onClose } = props;
  return (
    <RowDrawer row={entry} nameOf={({ action }) => actOf(action)} onClose={onClose}>
      {(entry) => (
        <>
          <Facts
            facts={[
              ["When", formatMoment(entry.at)],
              [
                "Who",
                <span key="who">
                  <bdi>{entry.actor.name}</bdi>, {actorWord[entry.actor.kind]}
                </span>,
              ],
              ["Concerns", entry.userId === null ? "all users" : userName(entry.userId)],
              ["Target", <Code key="target">{`${entry.target.kind} ${entry.target.id}`}</Code>],
              ["Act", <Code key="act">{entry.action}</Code>],
            ]}
          />
          <Changes entry={entry} />
        </>
      )}
    </RowDrawer>
  );
}

function Changes({ entry }: { entry: AuditEntryDto }) {
  const facts = factsChanged(entry);
  if (facts.length === 0) return null;
  return (
    <section aria-label="What it changed">
      <h3 className="mb-2 font-strong">What it changed</h3>
      <dl className="divide-y divide-line border-line border-y">
        {facts.map(({ name, before, after }) => (
          <div key={name} className="py-2">
            <dt className="text-muted text-sm">{name}</dt>
            {before !== null && (
              <dd className="wrap-anywhere text-muted">
                <del>{before}</del>
              </dd>
            )}
            {after !== null && <dd className="wrap-anywhere">{after}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}
