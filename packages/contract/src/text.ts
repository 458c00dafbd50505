import { z } from "zod";

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
const UNSTORABLE = /[\0\p{Cs}]/u;
/**
 * What has no place in a line that somebody is to recognise: controls and breaks, and what turns the direction of the writing
 * behind it, so that a name would be drawn as another. https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
 */
const UNSEEMLY = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;
/** Something that leaves a mark: no blank, no format character, no filler. U+2800 is a Braille pattern without dots. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

const codeOf = (text: string, found: RegExp): string => {
  const code = found.exec(text)?.[0].codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
};

const without = (found: RegExp) => ({
  check: (text: string) => !found.test(text),
  error: ({ input }: { input?: unknown }) =>
    `There is a character in it that cannot be kept (${codeOf(String(input), found)}). Remove it, or type the text by hand.`,
});

const storable = without(UNSTORABLE);
const seemly = without(UNSEEMLY);

/** Whether there is anything to see in a text. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

/**
 * A text of one line, by which somebody recognises something: a name, a label, a file's name. Without the blanks round it, and
 * perhaps empty; what is there can be seen, and neither breaks the line nor turns the direction of writing. Bounds are the field's.
 * @param missing what is said where there is no text
 */
export const line = (missing?: string) =>
  z
    .string(missing)
    .trim()
    .refine(seemly.check, { error: seemly.error, abort: true })
    .refine((text) => text === "" || isVisible(text), { error: "There is nothing to be seen in it.", abort: true });

/** A text as somebody wrote it, with its lines, tabs and marks: all that PostgreSQL can store. Bounds are the field's. */
export const freeText = () => z.string().refine(storable.check, { error: storable.error, abort: true });

/** No name or title that Telegram lets its people give is longer, in UTF-16 units. */
const MAX_TOLD_LENGTH = 255;

/**
 * A name that is told by somebody who cannot be refused, such as Telegram, as {@link line} would take it: breaks become blanks, what
 * has no place in a line is left out, and the rest is cut at 255 UTF-16 units. Empty where nothing is left that can be seen.
 */
export function told(text: string): string {
  const kept = text.replace(/\s+/g, " ").replace(new RegExp(UNSEEMLY, "gu"), "").trim();
  const cut = kept
    .slice(0, MAX_TOLD_LENGTH)
    .replace(/\p{Cs}$/u, "")
    .trimEnd();
  return isVisible(cut) ? cut : "";
}
