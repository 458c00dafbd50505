"use client";

import { ChatUpdateInput } from "@herald/contract";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { errorOf } from "@/lib/error";
import { useForm } from "@/lib/use-form";
import { useChatUpdate } from "./use-chat-update";

/** Opts out a chat by its id, whether anybody has posted to it or not. */
export function OptOutForm({ onDone, onCancel }: { onDone(): void; onCancel(): void }) {
  const update = useChatUpdate();
  /** the known chat that the typed id was taken for a misspelling of */
  const [twin, setTwin] = useState<string | null>(null);
  const form = useForm({
    schema: ChatUpdateInput,
    initial: { id: "", proof: "", exactId: false },
    read: ({ id, proof, exactId }) => ({ id: id.trim(), optedOut: true, proof, exactId }),
    async submit(input) {
      try {
        await update.mutateAsync(input);
      } catch (thrown) {
        setTwin(String(errorOf(thrown).details?.twin ?? "") || null);
        throw thrown;
      }
      onDone();
    },
  });
  const setId = (id: string) => {
    setTwin(null);
    form.set("exactId", false);
    form.set("id", id);
  };
  return (
    <Form form={form} action="Add to opt-out list" onCancel={onCancel}>
      <TextField
        label="Chat id"
        autoComplete="off"
        spellCheck={false}
        hint="A number with a minus sign in front, like -1001234567890."
        fault={form.faults.id}
        value={form.values.id}
        onChange={setId}
      />
      {twin !== null && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setId(twin)}>Use {twin}</Button>
          <Button
            look="quiet"
            onClick={() => {
              setTwin(null);
              form.set("exactId", true);
              form.set("id", form.values.id);
            }}
          >
            Keep {form.values.id.trim()}
          </Button>
        </div>
      )}
      <TextField
        label="Proof"
        hint="How you know that the owner wants it: a link to what they wrote, or their words. Optional."
        fault={form.faults.proof}
        value={form.values.proof}
        onChange={(proof) => form.set("proof", proof)}
      />
    </Form>
  );
}
