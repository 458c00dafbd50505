import { type ParsedGroupReference, parseGroupReference, splitReference } from "@herald/contract";

export interface PastedLine {
  /** its number in the box, from 1 */
  number: number;
  text: string;
  parsed: ParsedGroupReference;
  /** it names a group that an earlier line or the list already has */
  duplicate: boolean;
}

/** What each line of the paste box is; blank lines are passed over. `known` are the references in the list. */
export function recognise(text: string, known: ReadonlySet<string>): PastedLine[] {
  const seen = new Set(known);
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const parsed = parseGroupReference(line);
    const duplicate = parsed.ok && seen.has(parsed.reference);
    if (parsed.ok) seen.add(parsed.reference);
    return { number: index + 1, text: line.trim(), parsed, duplicate };
  });
}

/** What is to be said of a line, behind what was read in it; empty where nothing is. */
export function remarkOn({ number, parsed, duplicate }: PastedLine): string {
  if (!parsed.ok) return `line ${number}: ${parsed.reason}`;
  if (duplicate) return "is there already";
  const topic = splitReference(parsed.reference).number;
  // The link of a message looks the same: only the group itself can tell.
  return topic === undefined ? "" : `topic ${topic}, if the group has topics`;
}
