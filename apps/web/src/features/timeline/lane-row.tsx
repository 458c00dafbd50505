"use client";

import { type KeyboardEvent, memo, type PointerEvent, useEffect, useMemo, useRef } from "react";
import { plural } from "@/lib/format";
import { lookWord } from "@/lib/outcome";
import { drawLane, LANE_HEIGHT, type Palette } from "./draw";
import type { Lane } from "./lanes";
import { type Item, itemAt, layoutLane, type Range } from "./layout";

export interface LaneFocus {
  laneId: string;
  item: Item;
}

interface LaneRowProps {
  lane: Lane;
  range: Range;
  width: number;
  palette: Palette;
  /** the slot that is looked at, by its id, when it is in this lane */
  activeSlotId: string | null;
  tabbable: boolean;
  onLook(focus: LaneFocus | null): void;
  onPin(focus: LaneFocus): void;
}

function summary({ label, slots }: Lane): string {
  const counts = Map.groupBy(slots, (slot) => slot.look);
  const words = [...counts].map(([look, group]) => `${group.length} ${lookWord[look].toLowerCase()}`);
  return `${label}: ${plural(slots.length, "post")}${words.length === 0 ? "" : `, ${words.join(", ")}`}`;
}

/** One lane, drawn on a canvas of its own, so that only what changed is drawn again. */
export const LaneRow = memo(function LaneRow(props: LaneRowProps) {
  const { lane, range, width, palette, activeSlotId, tabbable, onLook, onPin } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const items = useMemo(() => layoutLane(lane.slots, range, width), [lane.slots, range, width]);
  const active =
    activeSlotId === null ? undefined : items.find((item) => item.slots.some((slot) => slot.id === activeSlotId));

  useEffect(() => {
    if (canvas.current !== null) drawLane(canvas.current, { items, waits: lane.waits, range, width, palette, active });
  }, [items, lane.waits, range, width, palette, active]);

  const look = (item: Item | undefined) => onLook(item === undefined ? null : { laneId: lane.id, item });
  const under = (event: PointerEvent) =>
    itemAt(items, event.clientX - event.currentTarget.getBoundingClientRect().left);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = active === undefined ? -1 : items.indexOf(active);
    const rows = [...(event.currentTarget.parentElement?.children ?? [])].filter((row) => row instanceof HTMLElement);
    const row = rows.indexOf(event.currentTarget);
    switch (event.key) {
      case "ArrowRight":
        look(items[Math.min(at + 1, items.length - 1)]);
        break;
      case "ArrowLeft":
        look(items[Math.max(at - 1, 0)]);
        break;
      case "Home":
        look(items[0]);
        break;
      case "End":
        look(items.at(-1));
        break;
      case "ArrowDown":
        rows[row + 1]?.focus();
        break;
      case "ArrowUp":
        rows[row - 1]?.focus();
        break;
      case "Escape":
        onLook(null);
        break;
      case "Enter":
      case " ":
        if (active !== undefined) onPin({ laneId: lane.id, item: active });
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div
      role="application"
      aria-roledescription="lane"
      aria-label={summary(lane)}
      tabIndex={tabbable ? 0 : -1}
      onKeyDown={onKeyDown}
      onFocus={() => active === undefined && look(items[0])}
      onBlur={() => onLook(null)}
      onPointerMove={(event) => look(under(event))}
      onPointerLeave={() => onLook(null)}
      onClick={() => active !== undefined && onPin({ laneId: lane.id, item: active })}
      className="relative rounded-control -outline-offset-2"
      style={{ height: LANE_HEIGHT, cursor: active === undefined ? undefined : "pointer" }}
    >
      <canvas ref={canvas} aria-hidden className="block" style={{ width, height: LANE_HEIGHT }} />
    </div>
  );
});
