/** How many events a box keeps for clients that ask for a difference. */
const KEPT_EVENTS = 1000;

export interface BoxEvent<T> {
  readonly pts: number;
  readonly item: T;
}

/** A sequence of updates numbered by pts: https://core.telegram.org/api/updates */
export class UpdateBox<T> {
  pts = 1;
  private events: BoxEvent<T>[] = [];

  add(item: T): number {
    this.pts++;
    this.events.push({ pts: this.pts, item });
    if (this.events.length > KEPT_EVENTS * 2) this.events = this.events.slice(-KEPT_EVENTS);
    return this.pts;
  }

  /** Under which pts an item was added, while it is kept. */
  ptsOf(item: T): number | undefined {
    return this.events.findLast((event) => event.item === item)?.pts;
  }

  /** The events after `pts`, or `tooLong` when some of them are no longer kept. */
  since(pts: number): readonly BoxEvent<T>[] | "tooLong" {
    if (pts >= this.pts) return [];
    const first = this.events[0];
    if (!first || first.pts > pts + 1) return "tooLong";
    return this.events.slice(pts + 1 - first.pts);
  }
}
