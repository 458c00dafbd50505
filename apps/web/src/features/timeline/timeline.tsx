"use client";

import type { SyncStateDto } from "@herald/contract";
import { Popover } from "radix-ui";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { formatDay, formatTime, formatTimeOfSecond } from "@/lib/format";
import { useOverlayFocus } from "@/lib/use-overlay-focus";
import { LANE_HEIGHT, type Palette, readPalette } from "./draw";
import { ItemDetails, ItemSummary } from "./item-details";
import { labelParts } from "./lane-labels";
import { type LaneFocus, LaneRow } from "./lane-row";
import type { Lane } from "./lanes";
import { type Range, ticksOf, xOf } from "./layout";

const DAY_MS = 86_400_000;

/** The element's width, kept current. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}

/** The theme's colours, read again when the theme changes. */
function usePalette(): Palette | null {
  const [palette, setPalette] = useState<Palette | null>(null);
  useEffect(() => {
    const root = document.documentElement;
    const read = () => setPalette(readPalette(root));
    read();
    const observer = new MutationObserver(read);
    observer.observe(root, { attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  return palette;
}

interface TimelineProps {
  lanes: Lane[];
  range: Range;
  /** where the now-line stands, in milliseconds; null for none */
  now: number | null;
  state: SyncStateDto;
}

/** Lanes over time. Arrow keys go from mark to mark and from lane to lane; enter or a click tells all about one. */
export function Timeline({ lanes, range, now, state }: TimelineProps) {
  const [area, width] = useWidth();
  const palette = usePalette();
  const overlayFocus = useOverlayFocus();
  const [look, setLook] = useState<LaneFocus | null>(null);
  const [pinned, setPinned] = useState<LaneFocus | null>(null);
  const onLook = useCallback((next: LaneFocus | null) => {
    setLook((before) => (before?.item === next?.item ? before : next));
  }, []);
  const onPin = useCallback((focus: LaneFocus) => setPinned(focus), []);
  const ticks = useMemo(() => ticksOf(range, width, new Date(range.from).getTimezoneOffset()), [range, width]);
  const labels = useMemo(() => labelParts(lanes.map((row) => row.label)), [lanes]);
  const focus = pinned ?? look;
  const nowX = now !== null && now >= range.from && now <= range.to && width > 0 ? xOf(now, range, width) : null;
  const index = focus === null ? -1 : lanes.findIndex((lane) => lane.id === focus.laneId);
  const lane = lanes[index];
  const labelWidth = ticks.step >= DAY_MS ? 88 : 56;
  const label = (at: number) =>
    ticks.step < 60_000 ? formatTimeOfSecond(at) : ticks.step >= DAY_MS ? formatDay(at) : formatTime(at);

  return (
    <div className="flex px-4 pb-2 text-sm">
      <ul aria-hidden className="w-40 shrink-0 pt-6 max-sm:w-20 max-sm:text-xs">
        {lanes.map(({ id, label: name }, at) => (
          <li
            key={id}
            title={name}
            className="flex pr-3 text-muted"
            style={{ height: LANE_HEIGHT, lineHeight: `${LANE_HEIGHT}px` }}
          >
            <span className="min-w-[2ch] shrink-[999] overflow-hidden text-ellipsis whitespace-pre">
              {labels[at]?.common}
            </span>
            <span className="truncate">{labels[at]?.own}</span>
          </li>
        ))}
      </ul>
      <div ref={area} className="relative min-w-0 grow pt-6">
        {ticks.at.map((at) => {
          const x = xOf(at, range, width);
          const room = x < width - labelWidth && (nowX === null || nowX < x - 22 || nowX > x + labelWidth + 22);
          return (
            <div key={at} aria-hidden className="absolute inset-y-0 border-line border-l" style={{ left: x }}>
              {room && (
                <span className="tabular ml-1.5 whitespace-nowrap text-muted text-xs leading-5">{label(at)}</span>
              )}
            </div>
          );
        })}
        {palette !== null && width > 0 && (
          <div className="relative">
            {lanes.map((row, at) => (
              <LaneRow
                key={row.id}
                lane={row}
                range={range}
                width={width}
                palette={palette}
                activeSlotId={focus?.laneId === row.id ? (focus.item.slots[0]?.id ?? null) : null}
                tabbable={at === 0}
                onLook={onLook}
                onPin={onPin}
              />
            ))}
          </div>
        )}
        {nowX !== null && (
          <div aria-hidden className="pointer-events-none absolute inset-y-0 w-px bg-accent" style={{ left: nowX }}>
            <span className="absolute top-0 -translate-x-1/2 rounded-full bg-accent px-1.5 text-on-accent text-xs leading-[18px]">
              now
            </span>
          </div>
        )}
        {focus !== null && lane !== undefined && (
          <Popover.Root open={pinned !== null} onOpenChange={(open) => !open && setPinned(null)}>
            <Popover.Anchor asChild>
              <div
                aria-hidden
                className="pointer-events-none absolute size-px"
                style={{ left: focus.item.x, top: 24 + index * LANE_HEIGHT + LANE_HEIGHT / 2 }}
              />
            </Popover.Anchor>
            {pinned === null && (
              <div
                role="status"
                className="pointer-events-none absolute z-10 w-max max-w-72 animate-fade rounded-control bg-raised px-3 py-2 text-sm shadow-float"
                style={{
                  left: Math.min(Math.max(focus.item.x, 120), Math.max(120, width - 120)),
                  top: 24 + index * LANE_HEIGHT - 4,
                  translate: "-50% -100%",
                }}
              >
                <ItemSummary item={focus.item} lane={lane} state={state} />
              </div>
            )}
            <Popover.Portal>
              <Popover.Content
                {...overlayFocus}
                side="top"
                sideOffset={12}
                collisionPadding={12}
                aria-label={`Posts of ${lane.label}`}
                className="z-50 max-h-80 w-80 animate-fade outline-none overflow-y-auto rounded-card bg-raised p-3 shadow-float"
              >
                <ItemDetails item={focus.item} lane={lane} state={state} />
              </Popover.Content>
            </Popover.Portal>
          </Popover.Root>
        )}
      </div>
    </div>
  );
}
