"use client";

import { type BotStatusDto, MAX_TEXT_LENGTH, Post, textLength } from "@herald/contract";
import { Card, PageHead } from "@/components/ui/card";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { Field, Textarea, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { formatNumber } from "@/lib/format";
import { useConfigure } from "@/lib/use-bot";
import { useForm } from "@/lib/use-form";
import { StateGate } from "../state-gate";
import { Bubble } from "./bubble";

export function PostPage() {
  return (
    <div className="mx-auto max-w-[1280px] space-y-4">
      <PageHead title="Post" text="What Herald posts into your groups." />
      <StateGate>{({ bot }) => <PostEditor bot={bot} />}</StateGate>
    </div>
  );
}

function PostEditor({ bot }: { bot: BotStatusDto }) {
  const configure = useConfigure();
  const { post } = bot.config;
  const form = useForm({
    schema: Post,
    initial: {
      type: post?.type ?? ("link" as Post["type"]),
      link: post?.type === "link" ? post.content : "",
      text: post?.type === "text" ? post.content : "",
    },
    read: ({ type, link, text }) => ({ type, content: type === "link" ? link : text }),
    fieldOf: (path): string => (path.endsWith("content") ? form.values.type : path),
    submit: (post) => configure({ post }),
  });
  const { type, link, text } = form.values;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Card className="p-5" aria-label="Editor">
        <Form
          form={form}
          action="Save post"
          saved={bot.status === "running" ? "Saved. The next cycle posts it." : "Saved."}
          className="space-y-5"
        >
          <ChoiceCards
            label="Kind of post"
            value={type}
            onChange={(next) => form.set("type", next)}
            choices={[
              { value: "link", label: "A channel's post", text: "Forwarded with its pictures, buttons and views." },
              { value: "text", label: "A text", text: "Sent as it stands, by the account itself." },
            ]}
          />
          {type === "link" ? (
            <TextField
              label="Post link"
              inputMode="url"
              autoComplete="off"
              placeholder="https://t.me/channel/123"
              hint="In Telegram, open the post's menu and choose “Copy link”."
              fault={form.faults.link}
              value={link}
              onChange={(next) => form.set("link", next)}
            />
          ) : (
            <Field
              label="Text"
              fault={form.faults.text}
              hint={`${formatNumber(textLength(text))} of ${formatNumber(MAX_TEXT_LENGTH)} characters`}
            >
              {(control) => (
                <Textarea
                  {...control}
                  rows={10}
                  value={text}
                  onChange={(event) => form.set("text", event.target.value)}
                />
              )}
            </Field>
          )}
        </Form>
      </Card>
      <Bubble type={type} content={type === "link" ? link : text} />
    </div>
  );
}
