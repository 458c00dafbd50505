import { describe, expect, test } from "vitest";
import { freeText, line, told } from "./text.ts";

const message = (schema: ReturnType<typeof line>, text: string) => schema.safeParse(text).error?.issues[0]?.message;
const kept = (code: string) =>
  `There is a character in it that cannot be kept (${code}). Remove it, or type the text by hand.`;

describe("a line", () => {
  test.each([
    ["a NUL", "Ann\0", "U+0000"],
    ["half a surrogate pair", "Ann\ud83d!", "U+D83D"],
    ["a break inside", "Ann\nadmin: deleted", "U+000A"],
    ["a tab inside", "Ann\tB", "U+0009"],
    ["an escape", "\u001b[31mAnn", "U+001B"],
    ["a C1 control", "Ann\u009b", "U+009B"],
    ["a line separator", "Ann\u2028B", "U+2028"],
    ["an override of the direction", "Ann \u202egpj.exe", "U+202E"],
    ["an embedding", "\u202bAnn", "U+202B"],
    ["an isolate that is never closed", "\u2067Ann", "U+2067"],
  ])("with %s is refused, by the character's number", (_what, text, code) => {
    expect(message(line(), text)).toBe(kept(code));
  });

  test.each([
    ["blanks of no width", "\u200b\u200b"],
    ["a joiner", "\u200d"],
    ["a soft hyphen", "\u00ad"],
    ["a Hangul filler", "\u3164"],
    ["a Braille blank", "\u2800"],
    ["a selector", "\ufe0f"],
  ])("of %s alone is refused", (_what, text) => {
    expect(message(line(), text)).toBe("There is nothing to be seen in it.");
  });

  test.each(["Ann", "Анна-Марія", "שלום", "‏مرحبا‏", "می‌خواهم", "👩‍👩‍👧 shop 🇺🇦", "Café", "𠜎"])(
    "%s is taken as it stands",
    (text) => expect(line().parse(text)).toBe(text),
  );

  test("stands without the blanks round it, and may be empty", () => {
    expect(line().parse(" \u00a0Ann\n")).toBe("Ann");
    expect(line().parse(" \n ")).toBe("");
  });
});

describe("a free text", () => {
  test.each([
    ["a NUL", "a\0b", "U+0000"],
    ["the first half of a pair", "\ud83d", "U+D83D"],
    ["the second half of a pair", "a\ude00", "U+DE00"],
  ])("with %s is refused", (_what, text, code) => expect(message(freeText(), text)).toBe(kept(code)));

  test("keeps its lines, tabs and marks, and its ends", () => {
    const text = " one\n\ttwo\r\n\u202bthree 😀\u2069 ";
    expect(freeText().parse(text)).toBe(text);
  });
});

describe("a name that is told", () => {
  test.each([
    ["Shop", "Shop"],
    [" two\r\n lines\u2028here ", "two lines here"],
    ["a\0b\ud83dc\u202ed\u2066e\u009bf", "abcdef"],
    ["\u200b\u3164", ""],
    ["", ""],
    ["x".repeat(300), "x".repeat(255)],
    [`${"x".repeat(254)}😀`, "x".repeat(254)],
    [`${"x".repeat(254)} y`, "x".repeat(254)],
  ])("%j is kept as %j", (text, expected) => {
    expect(told(text)).toBe(expected);
    if (expected !== "") expect(line().parse(told(text))).toBe(expected);
  });
});
