/** Control characters, line and paragraph separators, and what turns the direction of text. */
const UNRULY = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The text with `\uXXXX` in place of everything that could end its line, colour it, move the cursor or turn its direction: so
 * that a name of somebody's choice cannot pass for a line of its own. In the strings of JSON it changes nothing but the spelling.
 */
export const oneLine = (text: string): string =>
  text.replaceAll(UNRULY, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
