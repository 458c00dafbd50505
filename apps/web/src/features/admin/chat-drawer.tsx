"use client";

import { type ChatDto, ChatUpdateInput } from "@herald/contract";
import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { Field, NumberInput, typedNumber } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
import { Confirm, Drawer } from "@/components/ui/overlay";
import { formatDay, formatNumber, formatTime } from "@/lib/format";
import { useForm } from "@/lib/use-form";
import { ChatState } from "./chat-state";
import { chatName, cooldownWord } from "./chat-words";
import { useChatUpdate } from "./use-chat-update";

interface ChatDrawerProps {
  chat: ChatDto | undefined;
  defaultCooldownSeconds: number;
  onClose(): void;
}

export function ChatDrawer({ chat, defaultCooldownSeconds, onClose }: ChatDrawerProps) {
  return (
    <Drawer title={chat === undefined ? "" : chatName(chat)} open={chat !== undefined} onClose={onClose}>
      {chat !== undefined && (
        <div key={chat.id} className="space-y-6">
          <div className="space-y-4">
            <ChatState chat={chat} />
            <Facts
              facts={[
                [
                  "Chat id",
                  <code key="id" className="break-all font-mono text-sm">
                    {chat.id}
                  </code>,
                ],
                ["Users", formatNumber(chat.users)],
                [
                  "Last post",
                  chat.lastSentAt === null ? "never" : `${formatDay(chat.lastSentAt)}, ${formatTime(chat.lastSentAt)}`,
                ],
              ]}
            />
          </div>
          <OptOut chat={chat} />
          <CooldownForm chat={chat} defaultCooldownSeconds={defaultCooldownSeconds} />
        </div>
      )}
    </Drawer>
  );
}

function OptOut({ chat }: { chat: ChatDto }) {
  const update = useChatUpdate();
  return chat.optedOut ? (
    <Confirm
      title={`Allow posts to ${chat.title} again?`}
      text="Every user who has it among their groups posts there again, from their next planned post on. What was left out meanwhile is not made up for."
      action="Allow posts again"
      onConfirm={() => update.mutateAsync({ id: chat.id, optedOut: false })}
    >
      <Button>Allow posts again</Button>
    </Confirm>
  ) : (
    <Confirm
      title={`Never post to ${chat.title}?`}
      text="From now on no user's account posts there. Their posts to it are left out, and they see that it does not want them. Posts that are already there stay."
      action="Never post here"
      onConfirm={() => update.mutateAsync({ id: chat.id, optedOut: true })}
    >
      <Button>Never post here</Button>
    </Confirm>
  );
}

function CooldownForm({ chat, defaultCooldownSeconds }: { chat: ChatDto; defaultCooldownSeconds: number }) {
  const update = useChatUpdate();
  const [saved, setSaved] = useState(false);
  const form = useForm({
    schema: ChatUpdateInput,
    initial: { cooldownSeconds: chat.cooldownSeconds === null ? "" : String(chat.cooldownSeconds) },
    read: ({ cooldownSeconds }) => ({
      id: chat.id,
      cooldownSeconds: cooldownSeconds.trim() === "" ? null : typedNumber(cooldownSeconds),
    }),
    async submit(input) {
      await update.mutateAsync(input);
      setSaved(true);
    },
  });
  return (
    <form onSubmit={form.submit} noValidate className="space-y-4 border-line border-t pt-5">
      <Field
        label="Cool-down (seconds)"
        fault={form.faults.cooldownSeconds}
        hint={`Between two posts of anyone. Empty: the default, ${cooldownWord(defaultCooldownSeconds)}.`}
      >
        {(control) => (
          <NumberInput
            {...control}
            unit="s"
            value={form.values.cooldownSeconds}
            onChange={(event) => {
              setSaved(false);
              form.set("cooldownSeconds", event.target.value);
            }}
          />
        )}
      </Field>
      {form.error !== null && <ErrorNote error={form.error} />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" busy={form.busy}>
          Save cool-down
        </Button>
        <p role="status" className="flex items-center gap-1.5 text-muted text-sm">
          {saved && (
            <>
              <Check className="size-4 text-ok" aria-hidden /> Saved.
            </>
          )}
        </p>
      </div>
    </form>
  );
}
