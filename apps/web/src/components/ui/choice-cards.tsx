"use client";

import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";

interface Choice<Value extends string> {
  value: Value;
  label: string;
  text: ReactNode;
}

/** A choice between few things that each need a sentence. */
export function ChoiceCards<Value extends string>(props: {
  label: string;
  choices: Array<Choice<Value>>;
  value: Value;
  onChange(value: Value): void;
}) {
  return (
    <RadioGroup.Root
      aria-label={props.label}
      value={props.value}
      onValueChange={(value) => props.onChange(value as Value)}
      className="grid grid-cols-1 gap-3 md:auto-cols-fr md:grid-flow-col"
    >
      {props.choices.map(({ value, label, text }) => (
        <RadioGroup.Item
          key={value}
          value={value}
          aria-label={label}
          className="group flex cursor-pointer items-start gap-3 rounded-card border border-line bg-surface p-3 text-left transition-colors duration-150 hover:border-edge data-[state=checked]:border-accent data-[state=checked]:bg-accent/6"
        >
          <span className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-edge group-data-[state=checked]:border-accent">
            <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span className="min-w-0">
            <span className="block font-strong">{label}</span>
            <span className="mt-0.5 block text-muted text-sm">{text}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
