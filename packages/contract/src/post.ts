import { z } from "zod";
import { parseMarkedId } from "./marked-id.ts";
import { readTelegramLink } from "./telegram-link.ts";
import { freeText, isVisible } from "./text.ts";

/** Telegram's limit for one text message, in the unit of {@link textLength}. https://core.telegram.org/api/config#message-length-max */
export const MAX_TEXT_LENGTH = 4096;

/**
 * The length of a text as Telegram's limits count it: in code points, so that an emoji outside the basic plane is one and not two,
 * and without the blanks at both ends, which Telegram drops. Offsets of formatting are counted otherwise, in UTF-16 units.
 * https://core.telegram.org/api/entities#entity-length
 */
export function textLength(text: string): number {
  return Array.from(text.trim()).length;
}

export type ParsedPostLink =
  | { ok: true; link: string; channel: string; messageId: number }
  | { ok: false; reason: string };

const HINT = "A post link looks like https://t.me/channel/123. In Telegram, choose “Copy link” on the post.";

/**
 * Reads a link to a message of a channel or public group, in any spelling of Telegram's (t.me, tg://) or as `@name/123`. `channel` is
 * a group reference (`@name` or a marked id), `link` the canonical spelling, which gives itself. Never throws.
 */
export function parsePostLink(text: string): ParsedPostLink {
  const link = readTelegramLink(text);
  switch (link.kind) {
    case "message": {
      const { chat, messageId } = link;
      const canonical = linkTo(chat, messageId);
      if (canonical === undefined) return no("Messages of a basic group have no links. Choose a post of a channel.");
      return { ok: true, link: canonical, channel: chat, messageId };
    }
    case "comment":
      return no(
        `This is a comment, and the post above it, ${linkTo(link.chat, link.messageId)}, is another message. To post the comment, open the channel's discussion group and copy the link there.`,
      );
    case "chat":
    case "either":
      return no(`The number of the message is missing. ${HINT}`);
    case "invite":
      return no(`This is an invite link, not a post. ${HINT}`);
    case "story":
      return no(`This is a story, and only messages can be posted. ${HINT}`);
    case "person":
      return no(`This leads to a person, not to a post. ${HINT}`);
    case "service":
      return no(`In Telegram, “${link.word}” stands for ${link.what}, so this is not a post. ${HINT}`);
    case "unreadable":
      return no(HINT);
  }
}

/** Undefined for a basic group: its messages have other ids for each account, and no links. https://core.telegram.org/api/links#message-links */
function linkTo(chat: string, messageId: number): string | undefined {
  if (chat.startsWith("@")) return `https://t.me/${chat.slice(1)}/${messageId}`;
  const marked = parseMarkedId(chat);
  return marked?.type === "channel" ? `https://t.me/c/${marked.id}/${messageId}` : undefined;
}

const no = (reason: string): ParsedPostLink => ({ ok: false, reason });

const LENGTH_RULE = `Telegram takes at most ${MAX_TEXT_LENGTH} characters in one message.`;

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
        ctx.addIssue(parsed.reason);
        return z.NEVER;
      }),
  }),
  z.object({
    type: z.literal("text"),
    content: freeText()
      .trim()
      .refine(isVisible, { error: "Write the text that is to be posted.", abort: true })
      // a code point has at most two units: what has more is not counted at all
      .refine(({ length }) => length <= 2 * MAX_TEXT_LENGTH, { error: LENGTH_RULE, abort: true })
      .max(MAX_TEXT_LENGTH, LENGTH_RULE),
  }),
]);
export type Post = z.infer<typeof Post>;
