import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedList } from "./sorted-list.ts";

test("gives what was put in, in order, and equal items in the order in which they came", () => {
  const item = fc.nat({ max: 9 });
  fc.assert(
    fc.property(fc.array(item), fc.array(item), (initial, inserted) => {
      const items = [...initial, ...inserted].map((rank, index) => ({ rank, index }));
      const list = new SortedList(items.slice(0, initial.length), (a, b) => a.rank - b.rank);
      for (const later of items.slice(initial.length)) list.insert(later);
      const expected = items.toSorted((a, b) => a.rank - b.rank || a.index - b.index);
      for (const next of expected) {
        expect(list.first).toBe(next);
        expect(list.takeFirst()).toBe(next);
      }
      expect(list.first).toBeUndefined();
      expect(list.takeFirst()).toBeUndefined();
    }),
  );
});
