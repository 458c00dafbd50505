"use client";

import { type BotStatusDto, MAX_TEXT_LENGTH, Post } from "@herald/contract";
import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, PageHead } from "@/components/ui/card";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { Field, Input, Textarea } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/notice";
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
  const [saved, setSaved] = useState(false);
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
    async submit(input) {
      await configure({ post: input });
      setSaved(true);
    },
  });
  const { type, link, text } = form.values;
  const change: typeof form.set = (key, value) => {
    setSaved(false);
    form.set(key, value);
  };
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card className="p-5" aria-label="Editor">
        <form onSubmit={form.submit} noValidate className="space-y-5">
          <ChoiceCards
            label="Kind of post"
            value={type}
            onChange={(next) => change("type", next)}
            choices={[
              { value: "link", label: "A channel's post", text: "Forwarded with its pictures, buttons and views." },
              { value: "text", label: "A text", text: "Sent as it stands, by the account itself." },
            ]}
          />
          {type === "link" ? (
            <Field
              label="Post link"
              fault={form.faults.link}
              hint="In Telegram, open the post's menu and choose “Copy link”."
            >
              {(control) => (
                <Input
                  {...control}
                  inputMode="url"
                  autoComplete="off"
                  placeholder="https://t.me/channel/123"
                  value={link}
                  onChange={(event) => change("link", event.target.value)}
                />
              )}
            </Field>
          ) : (
            <Field
              label="Text"
              fault={form.faults.text}
              hint={`${formatNumber(text.length)} of ${formatNumber(MAX_TEXT_LENGTH)} characters`}
            >
              {(control) => (
                <Textarea
                  {...control}
                  rows={10}
                  value={text}
                  onChange={(event) => change("text", event.target.value)}
                />
              )}
            </Field>
          )}
          {form.error !== null && <ErrorNote error={form.error} />}
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" look="primary" size="md" busy={form.busy}>
              Save post
            </Button>
            <p role="status" className="flex items-center gap-1.5 text-muted text-sm">
              {saved && (
                <>
                  <Check className="size-4 text-ok" aria-hidden />
                  {bot.status === "running" ? "Saved. The next cycle posts it." : "Saved."}
                </>
              )}
            </p>
          </div>
        </form>
      </Card>
      <Bubble type={type} content={type === "link" ? link : text} />
    </div>
  );
}
