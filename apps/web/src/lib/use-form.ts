"use client";

import type { ErrorDto } from "@herald/contract";
import { type FormEvent, useState } from "react";
import { flushSync } from "react-dom";
import type { z } from "zod";
import { errorOf } from "./error";
import { formatNumber } from "./format";

/** What is said of an issue for which the contract has no words of its own: zod's speak of NaN, and of `<=`. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  const unit = "origin" in issue && issue.origin === "string" ? " characters" : "";
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int"
        ? "Give a whole number."
        : issue.expected === "number"
          ? "Give a number."
          : undefined;
    case "too_big":
      return `At most ${formatNumber(Number(issue.maximum))}${unit}.`;
    case "too_small":
      return `At least ${formatNumber(Number(issue.minimum))}${unit}.`;
    default:
      return undefined;
  }
}

/**
 * A form over one of the contract's schemas. Its faults stand at their fields, first the schema's, then the server's
 * (ErrorDto.field), and the first of them has the focus; what belongs to no field is `error`. `read` turns what was typed
 * into the schema's input. `saved` holds from a submission that went well until the next change.
 */
export function useForm<Values extends Record<string, unknown>, Schema extends z.ZodType>(form: {
  schema: Schema;
  initial: Values;
  read(values: Values): unknown;
  submit(input: z.output<Schema>): Promise<unknown>;
  /** the form's names of the server's fields, where they differ */
  fieldOf?: (path: string) => string;
}) {
  const [values, setValues] = useState(form.initial);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [error, setError] = useState<ErrorDto | null>(null);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const fieldOf = form.fieldOf ?? ((path: string) => path);

  const set = <Key extends keyof Values & string>(key: Key, value: Values[Key]) => {
    setValues((before) => ({ ...before, [key]: value }));
    setFaults(({ [key]: _, ...rest }) => rest);
    setError(null);
    setSaved(false);
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const point = (found: Record<string, string>) => {
      flushSync(() => setFaults(found));
      element.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    };
    const refuse = (dto: ErrorDto) => {
      const field = dto.field === undefined ? undefined : fieldOf(dto.field);
      if (field !== undefined && field in form.initial) point({ [field]: dto.message });
      else setError(dto);
    };
    setError(null);
    setSaved(false);
    const parsed = form.schema.safeParse(form.read(values), { error: wordsOf });
    if (!parsed.success) {
      const found: Record<string, string> = {};
      for (const issue of parsed.error.issues) {
        found[fieldOf(issue.path.join("."))] ??= issue.message;
      }
      return point(found);
    }
    setFaults({});
    setBusy(true);
    try {
      await form.submit(parsed.data);
      setSaved(true);
    } catch (thrown) {
      refuse(errorOf(thrown));
    } finally {
      setBusy(false);
    }
  };

  return { values, set, faults, error, busy, saved, submit, reset: () => setValues(form.initial) };
}
