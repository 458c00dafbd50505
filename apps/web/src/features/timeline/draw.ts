import { type Look, lookColor } from "@/lib/outcome";
import type { LaneWait } from "./lanes";
import { type Item, type Range, xOf } from "./layout";

/** Height of a lane, in CSS pixels. */
export const LANE_HEIGHT = 28;
const MIDDLE = LANE_HEIGHT / 2;
const CLUSTER = { width: 10, height: 16 };

export type Palette = Record<Look | "surface", string>;

/** The colours of the theme in force, as the canvas needs them. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const looks = Object.entries(lookColor).map(([look, name]) => [look, read(name)]);
  return { ...Object.fromEntries(looks), surface: read("--surface") } as Palette;
}

interface LaneDrawing {
  items: Item[];
  waits: LaneWait[];
  range: Range;
  width: number;
  palette: Palette;
  /** the item that the pointer or the keyboard is on */
  active: Item | undefined;
}

export function drawLane(
  canvas: HTMLCanvasElement,
  { items, waits, range, width, palette, active }: LaneDrawing,
): void {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(LANE_HEIGHT * scale);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  for (const wait of waits)
    drawWait(context, xOf(wait.from, range, width), xOf(wait.to, range, width), palette.waiting);
  for (const item of items) {
    const only = item.slots.length === 1 ? item.slots[0] : undefined;
    if (only === undefined) drawCluster(context, item, palette);
    else drawMark(context, only.look, item.x, MIDDLE, 4.5, palette[only.look], palette.surface);
    if (item === active) drawRing(context, item, palette.sending);
  }
}

function drawWait(context: CanvasRenderingContext2D, from: number, to: number, color: string): void {
  const [top, bottom] = [6, LANE_HEIGHT - 6];
  context.save();
  context.beginPath();
  context.roundRect(from, top, Math.max(2, to - from), bottom - top, 3);
  context.globalAlpha = 0.16;
  context.fillStyle = color;
  context.fill();
  context.clip();
  context.globalAlpha = 0.8;
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = from - LANE_HEIGHT; x < to; x += 6) {
    context.moveTo(x, bottom);
    context.lineTo(x + (bottom - top), top);
  }
  context.stroke();
  context.restore();
}

/** A bar split by outcome; the worst outcome also shows its shape. */
function drawCluster(context: CanvasRenderingContext2D, { x, slots, counts }: Item, palette: Palette): void {
  const left = x - CLUSTER.width / 2;
  let top = MIDDLE - CLUSTER.height / 2;
  context.save();
  context.beginPath();
  context.roundRect(left, top, CLUSTER.width, CLUSTER.height, 3);
  context.fillStyle = palette.surface;
  context.fill();
  context.clip();
  for (const [look, count] of counts) {
    const height = (CLUSTER.height * count) / slots.length;
    context.globalAlpha = look === "planned" ? 0.28 : 1;
    context.fillStyle = palette[look];
    context.fillRect(left, top, CLUSTER.width, height);
    top += height;
  }
  context.restore();
  const worst = counts[0]?.[0];
  if (worst === "planned" || counts.some(([look]) => look === "planned")) {
    context.beginPath();
    context.roundRect(left + 0.5, MIDDLE - CLUSTER.height / 2 + 0.5, CLUSTER.width - 1, CLUSTER.height - 1, 3);
    context.strokeStyle = palette.planned;
    context.lineWidth = 1;
    context.stroke();
  }
  if (worst === "lost" || worst === "refused") drawMark(context, worst, x, MIDDLE, 3, palette.surface, palette[worst]);
}

function drawRing(context: CanvasRenderingContext2D, { x, slots }: Item, color: string): void {
  const half = slots.length === 1 ? 7.5 : CLUSTER.width / 2 + 2.5;
  const tall = slots.length === 1 ? 7.5 : CLUSTER.height / 2 + 2.5;
  context.beginPath();
  context.roundRect(x - half, MIDDLE - tall, 2 * half, 2 * tall, slots.length === 1 ? half : 5);
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.stroke();
}

function drawMark(
  context: CanvasRenderingContext2D,
  look: Look,
  x: number,
  y: number,
  radius: number,
  color: string,
  surface: string,
): void {
  context.beginPath();
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineCap = "round";
  switch (look) {
    case "sent":
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
      return;
    case "planned":
    case "sending":
    case "waiting":
      context.arc(x, y, radius - 0.5, 0, 2 * Math.PI);
      context.fillStyle = surface;
      context.fill();
      context.lineWidth = 1.5;
      context.stroke();
      if (look === "planned") return;
      context.beginPath();
      context.fillStyle = color;
      if (look === "sending") context.arc(x, y, radius - 0.5, -Math.PI / 2, Math.PI / 2);
      else context.rect(x - 0.75, y - radius / 2, 1.5, radius);
      context.fill();
      return;
    case "refused":
      context.moveTo(x, y - radius);
      context.lineTo(x + radius * 1.1, y + radius * 0.85);
      context.lineTo(x - radius * 1.1, y + radius * 0.85);
      context.closePath();
      context.fill();
      return;
    case "lost":
      context.lineWidth = 2;
      context.moveTo(x - radius * 0.75, y - radius * 0.75);
      context.lineTo(x + radius * 0.75, y + radius * 0.75);
      context.moveTo(x + radius * 0.75, y - radius * 0.75);
      context.lineTo(x - radius * 0.75, y + radius * 0.75);
      context.stroke();
      return;
    case "skipped":
      context.lineWidth = 2;
      context.moveTo(x - radius * 0.8, y);
      context.lineTo(x + radius * 0.8, y);
      context.stroke();
      return;
  }
}
