"use client";

import { ToggleGroup } from "radix-ui";
import { formatNumber } from "@/lib/format";

interface Chip {
  value: string;
  label: string;
  count?: number;
}

/** Filters of which one holds, with how much each would show. */
export function Chips({
  label,
  chips,
  value,
  onChange,
}: {
  label: string;
  chips: Chip[];
  value: string;
  onChange(value: string): void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== "" && onChange(next)}
      className="flex flex-wrap gap-1"
    >
      {chips.map((chip) => (
        <ToggleGroup.Item
          key={chip.value}
          value={chip.value}
          className="inline-flex h-8 cursor-pointer items-center gap-2 whitespace-nowrap rounded-full border max-sm:h-9 border-line px-3 text-muted text-sm transition-colors duration-150 hover:border-edge hover:text-text data-[state=on]:border-accent data-[state=on]:bg-accent/12 data-[state=on]:text-text"
        >
          {chip.label}
          {chip.count !== undefined && <span className="tabular">{formatNumber(chip.count)}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
