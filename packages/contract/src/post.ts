import { z } from "zod";

/** Telegram's limit for one text message, in UTF-16 units after entities. https://core.telegram.org/api/config#message-length-max */
export const MAX_TEXT_LENGTH = 4096;

export type ParsedPostLink =
  | { ok: true; link: string; channel: string; messageId: number }
  | { ok: false; reason: string };

/**
 * Reads a link to a channel message: `t.me/name/123` or `t.me/c/1234567890/123`, with or without https and a query.
 * `channel` is a group reference (`@name` or `-100…`), `link` the canonical spelling. Never throws.
 */
export function parsePostLink(text: string): ParsedPostLink {
  const path = /^(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me)\/(.+)$/i
    .exec(text.trim())?.[1]
    ?.replace(/[?#].*$/, "")
    .replace(/\/+$/, "");
  const hint = "A post link looks like https://t.me/channel/123. In Telegram, choose “Copy link” on the post.";
  if (path === undefined) return { ok: false, reason: hint };
  const parts = path.split("/");
  const priv = parts[0]?.toLowerCase() === "c";
  // a link into a topic or a comment thread has one more number: the message is the last
  const id = parts.at(-1) ?? "";
  if (parts.length < (priv ? 3 : 2) || parts.length > (priv ? 4 : 3) || !/^[1-9]\d{0,9}$/.test(id))
    return { ok: false, reason: `The number of the message is missing. ${hint}` };
  if (priv) {
    if (!/^\d{5,13}$/.test(parts[1] ?? "")) return { ok: false, reason: hint };
    return { ok: true, link: `https://t.me/c/${parts[1]}/${id}`, channel: `-100${parts[1]}`, messageId: Number(id) };
  }
  const name = (parts[0] ?? "").toLowerCase();
  if (!/^[a-z][a-z0-9_]{3,31}$/.test(name)) return { ok: false, reason: hint };
  return { ok: true, link: `https://t.me/${name}/${id}`, channel: `@${name}`, messageId: Number(id) };
}

/** What a bot posts. A link is forwarded, a text is sent as it stands. */
export const Post = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("link"),
    content: z
      .string()
      .max(300)
      .transform((text, ctx) => {
        const parsed = parsePostLink(text);
        if (parsed.ok) return parsed.link;
        ctx.addIssue({ code: "custom", message: parsed.reason });
        return z.NEVER;
      }),
  }),
  z.object({
    type: z.literal("text"),
    content: z
      .string()
      .trim()
      .min(1, "Write the text that is to be posted.")
      .max(MAX_TEXT_LENGTH, `Telegram takes at most ${MAX_TEXT_LENGTH} characters in one message.`),
  }),
]);
export type Post = z.infer<typeof Post>;
