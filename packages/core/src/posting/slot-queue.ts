import { SortedList } from "../lib/sorted-list.ts";

interface Entry<Slot> {
  slot: Slot;
  /** milliseconds of the wall clock */
  notBefore: number;
  /** rank by planned time */
  place: number;
}

/** The open slots of one lane: who may go goes in the order of the planned times, the others wait. */
export class SlotQueue<Slot extends { plannedAt: Date }> {
  readonly #waiting: SortedList<Entry<Slot>>;
  readonly #ready = new SortedList<Entry<Slot>>([], (a, b) => a.place - b.place);
  #taken: Entry<Slot> | undefined;

  /** how many there have ever been */
  #places = 0;

  constructor(slots: Iterable<Slot>) {
    this.#waiting = new SortedList(this.#entries(slots), (a, b) => a.notBefore - b.notBefore || a.place - b.place);
  }

  /** Puts more behind those that are there. */
  add(slots: Iterable<Slot>): void {
    for (const entry of this.#entries(slots)) this.#waiting.insert(entry);
  }

  /** When the next slot may go, in milliseconds: `now` when one may already, undefined when the queue is empty. */
  nextAt(now: number): number | undefined {
    for (let next = this.#waiting.first; next !== undefined && next.notBefore <= now; next = this.#waiting.first) {
      this.#waiting.takeFirst();
      this.#ready.insert(next);
    }
    return this.#ready.first === undefined ? this.#waiting.first?.notBefore : now;
  }

  /** Takes out the earliest planned of those that may go as of the last {@link nextAt}; undefined when there is none. */
  take(): Slot | undefined {
    this.#taken = this.#ready.takeFirst();
    return this.#taken?.slot;
  }

  /** Puts the slot taken last back, to go not before `at`. */
  putBack(at: Date): void {
    if (this.#taken === undefined) return;
    this.#waiting.insert({ ...this.#taken, notBefore: at.getTime() });
    this.#taken = undefined;
  }

  #entries(slots: Iterable<Slot>): Entry<Slot>[] {
    return [...slots]
      .sort((a, b) => a.plannedAt.getTime() - b.plannedAt.getTime())
      .map((slot) => ({ slot, notBefore: slot.plannedAt.getTime(), place: this.#places++ }));
  }
}
