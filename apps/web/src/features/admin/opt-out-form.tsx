"use client";

import { ChatUpdateInput } from "@herald/contract";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { useForm } from "@/lib/use-form";
import { useChatUpdate } from "./use-chat-update";

/** Opts out a chat by its id, whether anybody has posted to it or not. */
export function OptOutForm({ onDone, onCancel }: { onDone(): void; onCancel(): void }) {
  const update = useChatUpdate();
  const form = useForm({
    schema: ChatUpdateInput,
    initial: { id: "" },
    read: ({ id }) => ({ id: id.trim(), optedOut: true }),
    async submit(input) {
      await update.mutateAsync(input);
      onDone();
    },
  });
  return (
    <form onSubmit={form.submit} noValidate className="space-y-4">
      <Field label="Chat id" fault={form.faults.id} hint="A number with a minus sign in front, like -1001234567890.">
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            value={form.values.id}
            onChange={(event) => form.set("id", event.target.value)}
          />
        )}
      </Field>
      {form.error !== null && <ErrorNote error={form.error} />}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={form.busy}>
          Add to opt-out list
        </Button>
      </div>
    </form>
  );
}
