// Spellings of Telegram's links, for the properties of the parsers.
import fc from "fast-check";
import { parseGroupReference } from "../group-reference.ts";

/** Names that Telegram would give, in lower case. */
export const name = fc.stringMatching(/^[a-z](_?[a-z0-9]){3,15}$/).filter((name) => parseGroupReference(name).ok);

/** Ids of messages and topics. */
export const number = fc.integer({ min: 1, max: 2 ** 31 - 1 });

/** Any string, halves of surrogate pairs among them. */
export const anyText = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));

const places = ["", "http://", "https://", "https://www."].flatMap((scheme) =>
  ["t.me/", "telegram.me/", "telegram.dog/s/"].map((host) => scheme + host),
);

/** Ways to write the path `name` or `name/5`: short or as a link, in small or capital letters, with blanks round it. */
export const spelling = fc
  .tuple(
    fc.constantFrom("", "@", ...places),
    fc.constantFrom("", "/", "?single", "/?t=5", "#x"),
    fc.boolean(),
    fc.constantFrom("", " ", "\n"),
  )
  .map(([before, after, capital, blank]) => (path: string) => {
    const spelled = before + path + (places.includes(before) ? after : "");
    return blank + (capital ? spelled.toUpperCase() : spelled) + blank;
  });

/** Addresses that look much like Telegram's, right and wrong. */
export const address = fc
  .tuple(
    fc.constantFrom(
      ...[
        "t.me/",
        "https://telegram.dog/s/",
        "http://shop.t.me/",
        "https://web.telegram.org/a/#",
        "web.telegram.org/k/#",
      ],
      ...["tg://resolve?domain=", "tg:privatepost?channel=", "tg://join?invite=", "tg://", "-100", "-", "+", "@", ""],
    ),
    fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom("c", "s", "shop", "boost", "joinchat", "-1001234567890", "1234567890", "%2B", "%"),
          fc.nat().map(String),
          fc.string({ maxLength: 12 }),
        ),
        fc.constantFrom("/", "_", "?thread=", "?comment=", "&post=", "&thread=", "#", "+", ""),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([start, words]) => start + words.flat().join(""));
