"use client";

import type { SyncStateDto } from "@herald/contract";
import { ExternalLink } from "lucide-react";
import { Mark } from "@/components/ui/mark";
import { Name } from "@/components/ui/name";
import { Disclosure } from "@/components/ui/notice";
import { formatTime, formatTimeOfSecond, plural } from "@/lib/format";
import { groupName } from "@/lib/names";
import { explain, lookWord } from "@/lib/outcome";
import type { Lane, LaneSlot } from "./lanes";
import type { Item } from "./layout";

/** Slots of a cluster that are told one by one. */
const LISTED = 12;

/** One slot in a sentence: «Waiting until 14:07: Telegram asked @shop_3 to pause». */
export function sentenceOf({ look, at, slot }: LaneSlot, lane: Lane, state: SyncStateDto): string {
  if (slot === null) return `Planned for ${formatTimeOfSecond(at)}`;
  const why = explain(slot, lane.label, groupName(state.groups, slot));
  const time =
    look === "waiting" && slot.waitUntil !== null
      ? ` until ${formatTime(slot.waitUntil)}`
      : look === "planned"
        ? ` for ${formatTimeOfSecond(at)}`
        : look === "sending"
          ? ""
          : ` at ${formatTimeOfSecond(at)}`;
  return `${lookWord[look]}${time}${why === null ? "" : `: ${why}`}`;
}

/** What stands at one place of the timeline, in short, for the tooltip. */
export function ItemSummary({ item, lane, state }: { item: Item; lane: Lane; state: SyncStateDto }) {
  const [only] = item.slots;
  const last = item.slots.at(-1);
  if (only === undefined || last === undefined) return null;
  if (item.slots.length === 1)
    return (
      <>
        <Name className="font-strong">{only.slot === null ? lane.label : groupName(state.groups, only.slot)}</Name>
        <div className="mt-0.5 flex items-start gap-2 text-muted">
          <Mark look={only.look} className="mt-1 size-3" />
          <span>{sentenceOf(only, lane, state)}</span>
        </div>
      </>
    );
  return (
    <>
      <div className="tabular font-strong">
        {plural(item.slots.length, "post")}, {formatTimeOfSecond(only.at)} to {formatTimeOfSecond(last.at)}
      </div>
      <ul className="tabular mt-0.5 flex flex-wrap gap-x-3 text-muted">
        {item.counts.map(([look, count]) => (
          <li key={look} className="flex items-center gap-1.5">
            <Mark look={look} />
            {count} {lookWord[look].toLowerCase()}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The same at length: every slot with its group, its link and its code. */
export function ItemDetails({ item, lane, state }: { item: Item; lane: Lane; state: SyncStateDto }) {
  return (
    <ul className="divide-y divide-line">
      {item.slots.slice(0, LISTED).map((entry) => (
        <li key={entry.id} className="py-2 first:pt-0 last:pb-0">
          <div className="flex items-baseline justify-between gap-3">
            <Name className="min-w-0 font-strong">
              {entry.slot === null ? lane.label : groupName(state.groups, entry.slot)}
            </Name>
            {entry.slot?.messageLink != null && (
              <a
                href={entry.slot.messageLink}
                target="_blank"
                rel="noreferrer"
                className="inline-flex shrink-0 items-center gap-1 rounded-control text-accent text-sm hover:underline"
              >
                Open <ExternalLink className="size-3" aria-hidden />
              </a>
            )}
          </div>
          <div className="mt-0.5 flex items-start gap-2 text-muted text-sm">
            <Mark look={entry.look} className="mt-1 size-3" />
            <div className="min-w-0">
              {sentenceOf(entry, lane, state)}
              <Disclosure code={entry.slot?.code ?? null} />
            </div>
          </div>
        </li>
      ))}
      {item.slots.length > LISTED && (
        <li className="pt-2 text-muted text-sm">and {plural(item.slots.length - LISTED, "more post")}</li>
      )}
    </ul>
  );
}
