import { z } from "zod";

/**
 * How a user names a group, in its one canonical form, so that two spellings of one group are one row:
 * `@name` (lower case), a marked chat id (`-100…` for supergroups and channels, `-…` for basic groups), or `+hash` for
 * a private invite link. A topic of a forum follows after a slash: `@name/5`.
 */
export type GroupReference = string;

export type ParsedGroupReference =
  | { ok: true; reference: GroupReference; kind: "username" | "id" | "invite"; topicId: number | undefined }
  | { ok: false; reason: string };

/** Telegram's rule for usernames: 5 to 32 letters, digits and underscores, a letter first (4 for collectible ones). https://core.telegram.org/method/account.checkUsername */
const USERNAME = /^[a-z][a-z0-9_]{3,31}$/i;
const LINK = /^(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)\/(.+)$/i;

const no = (reason: string): ParsedGroupReference => ({ ok: false, reason });
const withTopic = (base: string, kind: "username" | "id" | "invite", topic?: string): ParsedGroupReference => {
  if (topic === undefined || topic === "") return { ok: true, reference: base, kind, topicId: undefined };
  if (!/^[1-9]\d{0,9}$/.test(topic)) return no(`“${topic}” is not a topic number.`);
  return { ok: true, reference: `${base}/${topic}`, kind, topicId: Number(topic) };
};
const fromName = (name: string, topic?: string): ParsedGroupReference =>
  USERNAME.test(name)
    ? withTopic(`@${name.toLowerCase()}`, "username", topic)
    : no("A username has 4 to 32 letters, digits or underscores and begins with a letter.");

/** Reads one line as a group: `@name`, `name`, a t.me link (public, private `/c/…`, invite `+…`), `-100…`, `-…`. Never throws. */
export function parseGroupReference(line: string): ParsedGroupReference {
  const text = line.trim();
  if (text === "") return no("This line is empty.");
  if (/^-\d+$/.test(text)) {
    if (/^-100\d{5,13}$/.test(text) || /^-[1-9]\d{0,12}$/.test(text))
      return { ok: true, reference: text, kind: "id", topicId: undefined };
    return no("A chat id looks like -1001234567890.");
  }
  if (/^\d+$/.test(text)) return no("A chat id of a group begins with -100, for example -1001234567890.");
  const link = LINK.exec(text)?.[1]
    ?.replace(/[?#].*$/, "")
    .replace(/\/+$/, "");
  if (link !== undefined) {
    const [first = "", second, third] = link.split("/");
    const hash = first.startsWith("+") ? first.slice(1) : first.toLowerCase() === "joinchat" ? second : undefined;
    if (hash !== undefined)
      return /^[\w-]{10,64}$/.test(hash)
        ? { ok: true, reference: `+${hash}`, kind: "invite", topicId: undefined }
        : no("This invite link is not complete.");
    if (first.toLowerCase() === "c")
      return /^\d{5,13}$/.test(second ?? "")
        ? withTopic(`-100${second}`, "id", third)
        : no("A private link looks like t.me/c/1234567890.");
    return fromName(first, second);
  }
  const [name = "", topic] = text.replace(/^@/, "").split("/");
  return fromName(name, topic);
}

/** A canonical group reference as input; accepts every form that {@link parseGroupReference} reads. */
export const GroupReferenceInput = z
  .string()
  .max(200)
  .transform((line, ctx) => {
    const parsed = parseGroupReference(line);
    if (parsed.ok) return parsed.reference;
    ctx.addIssue({ code: "custom", message: parsed.reason });
    return z.NEVER;
  });
