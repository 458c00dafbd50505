"use client";

import { CircleAlert } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

export const inputStyle =
  "w-full rounded-control border border-edge bg-surface px-3 text-base text-text transition-colors duration-150 hover:not-disabled:border-muted disabled:opacity-55 aria-invalid:border-dead max-sm:text-lg";

interface FieldProps {
  label: string;
  /** what helps to fill it in */
  hint?: ReactNode;
  /** what is wrong with it */
  fault?: string | undefined;
  className?: string;
  children(control: { id: string; "aria-describedby": string; "aria-invalid": boolean }): ReactNode;
}

/** A label, its control, and beneath it the hint or what is wrong. */
export function Field({ label, hint, fault, className, children }: FieldProps) {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div className={cn("min-w-0", className)}>
      <label htmlFor={id} className="mb-1 block font-strong text-sm">
        {label}
      </label>
      {children({ id, "aria-describedby": note, "aria-invalid": fault !== undefined })}
      <div id={note} className="mt-1 text-muted text-sm empty:hidden">
        {fault === undefined ? hint : <Fault>{fault}</Fault>}
      </div>
    </div>
  );
}

export function Fault({ children }: { children: ReactNode }) {
  return (
    <span role="alert" className="flex items-start gap-1.5 text-text">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-dead" aria-hidden />
      <span>{children}</span>
    </span>
  );
}

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(inputStyle, "h-9 max-sm:h-10", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(inputStyle, "block resize-y py-2", className)} {...props} />;
}

export function Select({ className, ...props }: ComponentProps<"select">) {
  return <select className={cn(inputStyle, "h-9 max-sm:h-10", className)} {...props} />;
}

type TextFieldProps = Omit<ComponentProps<"input">, "value" | "onChange"> &
  Pick<FieldProps, "label" | "hint" | "fault"> & {
    value: string;
    onChange(value: string): void;
    /** stands behind what is typed; the label says it too */
    unit?: string;
  };

/** A line of text with its label. `className` places the whole. */
export function TextField({ label, hint, fault, className, unit, onChange, ...props }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} fault={fault} className={className ?? ""}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            {...props}
            className={cn(unit && "pr-14")}
            onChange={(event) => onChange(event.target.value)}
          />
          {unit && (
            <span
              aria-hidden
              className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-muted text-sm"
            >
              {unit}
            </span>
          )}
        </div>
      )}
    </Field>
  );
}

/** The same for a number: as text, so that an empty field stays empty. See {@link typedNumber}. */
export function NumberField(props: TextFieldProps) {
  return <TextField inputMode="numeric" autoComplete="off" {...props} />;
}

/** What was typed into a number field, as the schema wants it: NaN where it is no number, so that the schema refuses it. */
export const typedNumber = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
