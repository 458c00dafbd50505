import { KNOWN_PASSWORDS } from "./known-passwords.ts";
import { freeText } from "./text.ts";

/** In code points. NIST SP 800-63B-4 asks for 15 where a password is all there is and 8 beside a second step. */
export const MIN_PASSWORD_LENGTH = 12;
/** So that nobody has megabytes hashed. NIST asks for 64 at least. */
export const MAX_PASSWORD_LENGTH = 128;
/** What has to be left of a password beside what anybody can look up of its owner. */
const MIN_LENGTH_OF_ITS_OWN = 8;
/** Shorter words of a name or an address stand in too many good passwords. */
const MIN_WORD_LENGTH = 4;

const ONE_THING_OVER_AND_OVER = /^(.+?)\1+$/su;

const TOO_SHORT = `A password has at least ${MIN_PASSWORD_LENGTH} characters.`;
const TOO_LONG = `A password has at most ${MAX_PASSWORD_LENGTH} characters.`;

const lengthOf = (text: string): number => [...text].length;

/**
 * A password that is being chosen: by its length and by what is known, with no rules of composition (NIST SP 800-63B-4, 3.1.1.2).
 * What is too close to its owner is found by {@link isTooClose}.
 */
export const Password = freeText()
  .min(MIN_PASSWORD_LENGTH, { error: TOO_SHORT, abort: true })
  .max(2 * MAX_PASSWORD_LENGTH, { error: TOO_LONG, abort: true })
  .refine((text) => lengthOf(text) >= MIN_PASSWORD_LENGTH, { error: TOO_SHORT, abort: true })
  .refine((text) => lengthOf(text) <= MAX_PASSWORD_LENGTH, TOO_LONG)
  .refine(
    (text) => !KNOWN_PASSWORDS.has(text.toLowerCase()) && !ONE_THING_OVER_AND_OVER.test(text.toLowerCase()),
    "Many people have this password, so it is tried first. Take another one: a few words that only you put together.",
  );

/** What is said of a password for which {@link isTooClose} holds. */
export const TOO_CLOSE = "This password is close to the name, the e-mail address or Herald itself. Take another one.";

/** Whether little is left of a password without its owner's name, e-mail address and the name of this program. */
export function isTooClose(password: string, owner: { email: string; name: string }): boolean {
  const words = ["herald", owner.email, owner.name, ...owner.email.split(/[^\p{L}\p{N}]+/u), ...owner.name.split(/\s+/)]
    .map((word) => word.toLowerCase())
    .filter((word) => lengthOf(word) >= MIN_WORD_LENGTH)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), password.toLowerCase());
  return lengthOf(rest) < MIN_LENGTH_OF_ITS_OWN;
}
