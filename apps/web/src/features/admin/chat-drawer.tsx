"use client";

import { type ChatDto, ChatUpdateInput } from "@herald/contract";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Facts } from "@/components/ui/facts";
import { NumberField, typedNumber } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Code } from "@/components/ui/name";
import { Confirm } from "@/components/ui/overlay";
import { RowDrawer } from "@/components/ui/row-drawer";
import { formatMoment, formatNumber } from "@/lib/format";
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
    <RowDrawer row={chat} nameOf={chatName} onClose={onClose}>
      {(chat) => (
        <>
          <ChatState chat={chat} />
          <Facts
            facts={[
              ["Chat id", <Code key="id">{chat.id}</Code>],
              ["Users", formatNumber(chat.users)],
              ["Last post", chat.lastSentAt === null ? "never" : formatMoment(chat.lastSentAt)],
              ...(chat.optOut === null ? [] : optOutFacts(chat.optOut)),
            ]}
          />
          <OptOut chat={chat} />
          <CooldownForm chat={chat} defaultCooldownSeconds={defaultCooldownSeconds} />
        </>
      )}
    </RowDrawer>
  );
}

const optOutFacts = ({ at, by, proof }: NonNullable<ChatDto["optOut"]>): Array<[string, ReactNode]> => [
  [
    "Opted out",
    <span key="by">
      {formatMoment(at)}, by <bdi>{by}</bdi>
    </span>,
  ],
  ["Proof", proof ?? "none was given"],
];

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
  const form = useForm({
    schema: ChatUpdateInput,
    initial: { cooldownSeconds: chat.cooldownSeconds === null ? "" : String(chat.cooldownSeconds) },
    read: ({ cooldownSeconds }) => ({
      id: chat.id,
      cooldownSeconds: cooldownSeconds.trim() === "" ? null : typedNumber(cooldownSeconds),
    }),
    submit: (input) => update.mutateAsync(input),
  });
  return (
    <Form form={form} action="Save cool-down" className="space-y-4 border-line border-t pt-5">
      <NumberField
        label="Cool-down (seconds)"
        unit="s"
        hint={`Between two posts of anyone. Empty: the default, ${cooldownWord(defaultCooldownSeconds)}.`}
        fault={form.faults.cooldownSeconds}
        value={form.values.cooldownSeconds}
        onChange={(cooldownSeconds) => form.set("cooldownSeconds", cooldownSeconds)}
      />
    </Form>
  );
}
