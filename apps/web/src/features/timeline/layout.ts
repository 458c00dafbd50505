import type { Look } from "@/lib/outcome";
import type { Lane, LaneSlot } from "./lanes";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The time that the timeline's width stands for, in milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** Width of one mark with its air, in pixels: what lies closer becomes a cluster. */
export const MARK_WIDTH = 12;

/** What is drawn at one place: a single mark, or a cluster of slots too close to tell apart. */
export interface Item {
  /** its middle, in pixels */
  x: number;
  slots: LaneSlot[];
  /** how many of each look, worst first */
  counts: Array<[Look, number]>;
}

/** Worst first: what a person must not overlook. */
const severity: Look[] = ["lost", "refused", "waiting", "skipped", "sending", "planned", "sent"];

export const xOf = (at: number, { from, to }: Range, width: number): number => ((at - from) / (to - from)) * width;

function countLooks(slots: LaneSlot[]): Array<[Look, number]> {
  return severity.flatMap((look) => {
    const count = slots.filter((slot) => slot.look === look).length;
    return count === 0 ? [] : [[look, count] as [Look, number]];
  });
}

/** The marks of one lane over `width` pixels; `slots` are in the order of time. No two items overlap. */
export function layoutLane(slots: LaneSlot[], range: Range, width: number): Item[] {
  const items: Item[] = [];
  let start = Number.NEGATIVE_INFINITY;
  for (const slot of slots) {
    const x = xOf(slot.at, range, width);
    if (x < 0 || x > width) continue;
    const last = items.at(-1);
    if (last !== undefined && x < start + MARK_WIDTH) last.slots.push(slot);
    else {
      items.push({ x, slots: [slot], counts: [] });
      start = x;
    }
  }
  for (const item of items) item.counts = countLooks(item.slots);
  return items;
}

/** The item nearest to `x` within a mark's width. */
export function itemAt(items: Item[], x: number): Item | undefined {
  let best: Item | undefined;
  for (const item of items) if (best === undefined || Math.abs(item.x - x) < Math.abs(best.x - x)) best = item;
  return best !== undefined && Math.abs(best.x - x) <= MARK_WIDTH ? best : undefined;
}

/** The few minutes before and after `now` in which single posts can be told apart, as far as the lanes reach. */
export function rangeAround(now: number, { from, to }: Range): Range {
  const start = Math.max(from, Math.min(now - 2 * MINUTE, to - 6 * MINUTE));
  return { from: start, to: Math.min(to, start + 6 * MINUTE) };
}

/**
 * From the first mark to the last mark, wait or `now`, with a little air on both sides. Waits stretch it by half its
 * length or by ten minutes at the most: beside an account that rests for weeks the posts would be a dot.
 */
export function rangeOf(lanes: Lane[], now: number | null): Range {
  let from = now ?? Number.POSITIVE_INFINITY;
  let to = now ?? Number.NEGATIVE_INFINITY;
  for (const { slots } of lanes) {
    from = Math.min(from, slots[0]?.at ?? from);
    to = Math.max(to, slots.at(-1)?.at ?? to);
  }
  if (!Number.isFinite(from)) return { from: 0, to: 1000 };
  const waited = lanes.reduce(
    (last, { waits }) => waits.reduce((until, wait) => Math.max(until, wait.to), last),
    Number.NEGATIVE_INFINITY,
  );
  to = Math.max(to, Math.min(waited, to + Math.max((to - from) / 2, 10 * MINUTE)));
  const air = Math.max((to - from) * 0.02, 1000);
  return { from: from - air, to: to + air };
}

const STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map((n) => n * MINUTE))
  .concat([1, 2, 3, 6, 12].map((n) => n * HOUR))
  .concat([DAY, 7 * DAY]);

/** Least room that a label of the axis needs, in pixels. */
const LABEL_WIDTH = 84;

/** Round instants for the axis. `zoneOffset` is Date's getTimezoneOffset, in minutes, so that hours fall on local hours. */
export function ticksOf({ from, to }: Range, width: number, zoneOffset: number): { step: number; at: number[] } {
  const room = Math.max(1, Math.floor(width / LABEL_WIDTH));
  const step = STEPS.find((candidate) => (to - from) / candidate <= room) ?? 7 * DAY;
  const shift = zoneOffset * MINUTE;
  const at: number[] = [];
  for (let tick = Math.ceil((from - shift) / step) * step + shift; tick <= to; tick += step) at.push(tick);
  return { step, at };
}
