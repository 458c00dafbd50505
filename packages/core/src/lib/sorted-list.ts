/** A list that stays in order: the first is at hand, an insertion finds its place in O(log n). Equal items keep their order. */
export class SortedList<T> {
  // last first, so that taking the first moves nothing
  readonly #reversed: T[];
  readonly #compare: (a: T, b: T) => number;

  constructor(items: Iterable<T>, compare: (a: T, b: T) => number) {
    this.#compare = compare;
    this.#reversed = [...items].sort(compare).reverse();
  }

  get first(): T | undefined {
    return this.#reversed.at(-1);
  }

  takeFirst(): T | undefined {
    return this.#reversed.pop();
  }

  insert(item: T): void {
    let from = 0;
    let to = this.#reversed.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#compare(this.#reversed[middle] as T, item) > 0) from = middle + 1;
      else to = middle;
    }
    this.#reversed.splice(from, 0, item);
  }
}
