"use client";

import { ChatUpdateInput } from "@herald/contract";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
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
    <Form form={form} action="Add to opt-out list" onCancel={onCancel}>
      <TextField
        label="Chat id"
        autoComplete="off"
        spellCheck={false}
        hint="A number with a minus sign in front, like -1001234567890."
        fault={form.faults.id}
        value={form.values.id}
        onChange={(id) => form.set("id", id)}
      />
    </Form>
  );
}
