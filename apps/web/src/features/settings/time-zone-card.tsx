"use client";

import { TimeZoneInput } from "@herald/contract";
import { useMutation } from "@tanstack/react-query";
import { Card } from "@/components/ui/card";
import { Field, Select } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { useRefetchState } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { useForm } from "@/lib/use-form";

const names = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];

/** Where the person's day begins. */
export function TimeZoneCard({ timeZone }: { timeZone: string }) {
  const trpc = useTRPC();
  const refetchState = useRefetchState();
  const change = useMutation(trpc.users.setTimeZone.mutationOptions({ onSuccess: refetchState }));
  const form = useForm({
    schema: TimeZoneInput,
    initial: { timeZone },
    read: (values) => values,
    submit: (input) => change.mutateAsync(input),
  });
  const known = names.includes(timeZone) ? names : [timeZone, ...names];
  return (
    <Card className="p-5" aria-label="Time zone">
      <h2 className="mb-4 font-strong text-lg">Time zone</h2>
      <Form form={form} action="Save time zone">
        <Field
          label="Your time zone"
          hint="What is counted as today begins at midnight there."
          fault={form.faults.timeZone}
        >
          {(control) => (
            <Select
              {...control}
              value={form.values.timeZone}
              onChange={(event) => form.set("timeZone", event.target.value)}
            >
              {known.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          )}
        </Field>
      </Form>
    </Card>
  );
}
