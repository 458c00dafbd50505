"use client";

import { type Post, parsePostLink } from "@herald/contract";
import { ExternalLink, Forward } from "lucide-react";
import type { ReactNode } from "react";

/** The post as it will stand in a group. */
export function Bubble({ type, content }: { type: Post["type"]; content: string }) {
  return (
    <section
      aria-label="Preview"
      className="rounded-card border border-line bg-[color-mix(in_oklch,var(--info)_10%,var(--bg))] p-5"
    >
      <h2 className="mb-4 text-muted text-sm">In the group</h2>
      <div className="flex items-end gap-2.5">
        <div aria-hidden className="size-8 shrink-0 rounded-full bg-info/35" />
        <div className="min-w-0 max-w-[420px] rounded-[14px] rounded-bl-[4px] border border-line bg-surface px-3.5 py-2.5">
          <div className="font-strong text-sm">Your account</div>
          {type === "link" ? <Forwarded link={content} /> : <Written text={content} />}
          <div className="mt-1 text-right text-muted text-xs">now</div>
        </div>
      </div>
    </section>
  );
}

function Waiting({ children }: { children: ReactNode }) {
  return <p className="mt-1 text-muted">{children}</p>;
}

function Written({ text }: { text: string }) {
  if (text.trim() === "") return <Waiting>Your text appears here as you write it.</Waiting>;
  return (
    <p dir="auto" className="mt-1 whitespace-pre-wrap break-words">
      {text.trim()}
    </p>
  );
}

function Forwarded({ link }: { link: string }) {
  if (link.trim() === "") return <Waiting>Paste the link of a channel's post.</Waiting>;
  const parsed = parsePostLink(link);
  if (!parsed.ok) return <Waiting>{parsed.reason}</Waiting>;
  return (
    <div className="mt-1">
      <p className="flex items-center gap-1.5 text-info text-sm">
        <Forward className="size-4" aria-hidden />
        <span className="text-text">
          Forwarded from <span className="font-strong">{parsed.channel}</span>
        </span>
      </p>
      <div className="mt-2 rounded-control border-info border-l-2 bg-bg px-3 py-2">
        <p>Post {parsed.messageId}, exactly as it stands in the channel.</p>
        <a
          href={parsed.link}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 rounded-control py-1 text-accent text-sm hover:underline max-sm:py-2"
        >
          Look at it in Telegram <ExternalLink className="size-3.5" aria-hidden />
        </a>
      </div>
    </div>
  );
}
