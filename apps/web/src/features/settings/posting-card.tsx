"use client";

import { type BotConfigDto, BotConfigureInput, type Plan } from "@herald/contract";
import { Card } from "@/components/ui/card";
import { NumberField, typedNumber } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { useConfigure } from "@/lib/use-bot";
import { useForm } from "@/lib/use-form";
import { ModeFields } from "../mode-fields";

/** How the bot posts. */
export function PostingCard(props: { config: BotConfigDto; running: boolean; plan: Plan | null }) {
  const { config, running, plan } = props;
  const configure = useConfigure();
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
    submit: configure,
  });
  const { values, faults, set } = form;
  return (
    <Card className="p-5" aria-label="How it posts">
      <h2 className="mb-4 font-strong text-lg">How it posts</h2>
      <Form
        form={form}
        action="Save settings"
        saved={running ? "Saved. They hold from the next cycle on." : "Saved."}
        className="space-y-5"
      >
        <ModeFields
          draft={values}
          planType={plan?.type}
          fault={faults.totalCycleMinutes}
          onChange={({ executionMode, totalCycleMinutes }) => {
            set("executionMode", executionMode);
            set("totalCycleMinutes", totalCycleMinutes);
          }}
        />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
          <NumberField
            label="Between posts (seconds)"
            unit="s"
            hint="How long an account waits from one post to its next."
            fault={faults.delayBetweenPosts}
            value={values.delayBetweenPosts}
            onChange={(seconds) => set("delayBetweenPosts", seconds)}
          />
          <NumberField
            label="Between cycles (seconds)"
            unit="s"
            hint="The pause after a cycle, in Enterprise."
            fault={faults.delayBetweenCycles}
            value={values.delayBetweenCycles}
            onChange={(seconds) => set("delayBetweenCycles", seconds)}
          />
          <NumberField
            label="Accounts"
            hint={`How many accounts post. Empty: as many as your plan allows${plan === null ? "" : `, ${plan.maxSessions}`}.`}
            fault={faults.sessionCount}
            value={values.sessionCount}
            onChange={(count) => set("sessionCount", count)}
          />
        </div>
      </Form>
    </Card>
  );
}
