import type { Fault } from "./fault.ts";

/** What each of them shall have at least, in bits. */
const ENOUGH = 256;
const ADVICE = "make one with openssl rand -base64 32";

/** Those of the variables that sign or encrypt. A DATABASE_URL's password is its PostgreSQL's to judge, and an old key has been used. */
const MEASURED = ["ENGINE_JWT_SECRET", "NEXTAUTH_SECRET", "SESSION_KEY"];

/** Which characters a text of each kind is made of, and how many there are; the last takes everything that can be typed. */
const ALPHABETS: ReadonlyArray<readonly [RegExp, number]> = [
  [/^[\da-f]+$|^[\dA-F]+$/, 16],
  [/^[\w+/-]+={0,2}$/, 64],
  [/^/, 95],
];
/** In 64 random hexadecimal digits there are fewer once in 10¹²; in 43 characters of base64, never. */
const FEWEST_DISTINCT = 10;
/** Of two neighbours in random hexadecimal digits one in six are the same or next to each other. */
const MOST_IN_ORDER = 0.5;
const PLACEHOLDER = /change.?me|secret|password|example|placeholder|default|replace.?(me|this)/i;

/** The secrets that can be guessed, as far as their text tells, and those that are used for two things. */
export function weakSecrets(given: Readonly<Record<string, string | undefined>>): Fault[] {
  const users = new Map<string, string>();
  return MEASURED.flatMap((about) => {
    const secret = given[about]?.trim();
    if (secret === undefined) return [];
    const user = users.get(secret);
    users.set(secret, about);
    const weakness = weaknessOf(secret) ?? (user === undefined ? null : `is the same as ${user}; each needs its own`);
    return weakness === null ? [] : [{ about, message: `${weakness}: ${ADVICE}` }];
  });
}

/** Null when nothing speaks against 32 random bytes. */
function weaknessOf(secret: string): string | null {
  const text = secret.replace(/=+$/, "");
  const [, size = 0] = ALPHABETS.find(([alphabet]) => alphabet.test(text)) ?? [];
  if (text.length * Math.log2(size) < ENOUGH) return "is too short for 32 random bytes";
  if (PLACEHOLDER.test(text)) return "is a placeholder";
  const isRandom = new Set(text).size >= FEWEST_DISTINCT && inOrder(text) < MOST_IN_ORDER && !repeats(text);
  return isRandom ? null : "is not random";
}

/** Whether it is a shorter text over and over, the last time perhaps in part. */
function repeats(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) if (text.startsWith(text.slice(period))) return true;
  return false;
}

/** How many of its characters are the one before or stand next to it, from 0 to 1. */
function inOrder(text: string): number {
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  const steps = codes.slice(1).map((code, index) => Math.abs(code - (codes[index] ?? 0)));
  return steps.filter((step) => step <= 1).length / steps.length;
}
