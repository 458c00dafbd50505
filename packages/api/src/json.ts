import { MAX_JSON_DEPTH, unreadable } from "@herald/contract";
import { refused } from "./errors.ts";

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 91, 93, 123, 125];

/**
 * Looks once at each character of what is to be parsed as JSON, before it is parsed.
 * @throws HeraldError `invalid_input` when it is nested deeper than {@link MAX_JSON_DEPTH}
 */
export function assertShallow(json: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) at += code === BACKSLASH ? 1 : 0;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    else if ((code === OPEN_LIST || code === OPEN_OBJECT) && ++depth > MAX_JSON_DEPTH) throw refused(unreadable);
  }
}

/**
 * Parses the body of a request; one that is empty is none.
 * @throws HeraldError `invalid_input` when it is no JSON, or nested too deep
 */
export function parseJson(text: string): unknown {
  if (text === "") return undefined;
  assertShallow(text);
  try {
    return JSON.parse(text);
  } catch {
    throw refused(unreadable);
  }
}
