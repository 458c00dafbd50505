"use client";

import { type BotConfigDto, BotConfigureInput } from "@herald/contract";
import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, NumberInput, typedNumber } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { useConfigure } from "@/lib/use-bot";
import { useForm } from "@/lib/use-form";
import { ModeFields } from "../mode-fields";

/** How the bot posts. */
export function PostingCard(props: { config: BotConfigDto; running: boolean; maxSessions: number | null }) {
  const { config, running, maxSessions } = props;
  const configure = useConfigure();
  const [saved, setSaved] = useState(false);
  const form = useForm({
    schema: BotConfigureInput,
    initial: {
      executionMode: config.executionMode,
      totalCycleMinutes: String(config.totalCycleMinutes),
      delayBetweenPosts: String(config.delayBetweenPosts),
      delayBetweenCycles: String(config.delayBetweenCycles),
      sessionCount: config.sessionCount === null ? "" : String(config.sessionCount),
    },
    read: (values) => ({
      executionMode: values.executionMode,
      totalCycleMinutes: typedNumber(values.totalCycleMinutes),
      delayBetweenPosts: typedNumber(values.delayBetweenPosts),
      delayBetweenCycles: typedNumber(values.delayBetweenCycles),
      sessionCount: values.sessionCount.trim() === "" ? null : typedNumber(values.sessionCount),
    }),
    async submit(input) {
      await configure(input);
      setSaved(true);
    },
  });
  const { values, faults } = form;
  const change: typeof form.set = (key, value) => {
    setSaved(false);
    form.set(key, value);
  };
  const number = (
    key: "delayBetweenPosts" | "delayBetweenCycles" | "sessionCount",
    label: string,
    hint: string,
    unit?: string,
  ) => (
    <Field label={label} hint={hint} fault={faults[key]}>
      {(control) => (
        <NumberInput
          {...control}
          {...(unit === undefined ? {} : { unit })}
          value={values[key]}
          onChange={(event) => change(key, event.target.value)}
        />
      )}
    </Field>
  );
  return (
    <Card className="p-5" aria-label="How it posts">
      <h2 className="mb-4 font-strong text-lg">How it posts</h2>
      <form onSubmit={form.submit} noValidate className="space-y-5">
        <ModeFields
          draft={values}
          fault={faults.totalCycleMinutes}
          onChange={({ executionMode, totalCycleMinutes }) => {
            change("executionMode", executionMode);
            change("totalCycleMinutes", totalCycleMinutes);
          }}
        />
        <div className="grid gap-4 sm:grid-cols-3">
          {number("delayBetweenPosts", "Between posts", "How long an account waits from one post to its next.", "s")}
          {number("delayBetweenCycles", "Between cycles", "The pause after a cycle, in Enterprise.", "s")}
          {number(
            "sessionCount",
            "Accounts",
            maxSessions === null
              ? "How many accounts post. Empty: as many as your plan allows."
              : `How many accounts post. Empty: as many as your plan allows, ${maxSessions}.`,
          )}
        </div>
        {form.error !== null && <ErrorNote error={form.error} />}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" look="primary" busy={form.busy}>
            Save settings
          </Button>
          <p role="status" className="flex items-center gap-1.5 text-muted text-sm">
            {saved && (
              <>
                <Check className="size-4 text-ok" aria-hidden />
                {running ? "Saved. They hold from the next cycle on." : "Saved."}
              </>
            )}
          </p>
        </div>
      </form>
    </Card>
  );
}
