import { expect, test } from "vitest";
import { KNOWN_PASSWORDS } from "./known-passwords.ts";
import { isTooClose, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, Password } from "./password.ts";
import { UserCreateInput } from "./user.ts";

const faultOf = (password: string): string | undefined => Password.safeParse(password).error?.issues[0]?.message;

/** Signs that repeat nothing. */
const signs = (count: number): string =>
  Array.from({ length: count }, (_, n) => String.fromCodePoint(0x1f300 + n)).join("");

test.each([
  "correct horse battery",
  "user-of-the-demo",
  "admin-of-the-demo",
  "            i like spaces",
  "пароль для тестов",
  signs(MIN_PASSWORD_LENGTH),
  signs(MAX_PASSWORD_LENGTH),
])("%s is taken", (password) => {
  expect(faultOf(password)).toBeUndefined();
});

test.each([
  ["", "at least 12"],
  ["elevensigns", "at least 12"],
  // eleven signs of two UTF-16 units each
  [signs(MIN_PASSWORD_LENGTH - 1), "at least 12"],
  [signs(MAX_PASSWORD_LENGTH + 1), "at most 128"],
  ["aaaaaaaaaaaaaaa", "Many people"],
  ["abcabcabcabc", "Many people"],
  ["passwordpassword", "Many people"],
  ["qwerty123456", "Many people"],
  ["Password1234", "Many people"],
  ["1QAZ2wsx3edc", "Many people"],
  ["a\0password of mine", "U+0000"],
  ["a password \ud800 of mine", "U+D800"],
])("%j is refused", (password, says) => {
  expect(faultOf(password)).toContain(says);
});

test("megabytes are refused before anything is made of them", () => {
  expect(faultOf("ab".repeat(10_000_000))).toContain("at most 128");
});

test("each known password would be long enough without the list, and is refused by it", () => {
  expect(KNOWN_PASSWORDS.size).toBeGreaterThan(300);
  for (const known of KNOWN_PASSWORDS) {
    expect(known.length).toBeGreaterThanOrEqual(MIN_PASSWORD_LENGTH);
    expect(faultOf(known.toUpperCase())).toContain("Many people");
  }
});

const ada = { email: "ada.lovelace@engines.example", name: "Ada Byron" };

test.each([
  ["ada.lovelace@engines.example", true],
  ["Ada.Lovelace@engines.example1", true],
  ["lovelace1234567", true],
  ["ByronByron2026", true],
  ["herald-herald-1", true],
  ["Herald2026!!!", true],
  ["lovelace counts notes", false],
  ["of her aldermen, one", false],
  ["a password of mine", false],
])("%s is close to its owner: %s", (password, close) => {
  expect(isTooClose(password, ada)).toBe(close);
});

test("who is made gets no password that is close to them", () => {
  const made = UserCreateInput.safeParse({ ...ada, password: "lovelace1234567" });
  expect(made.error?.issues).toMatchObject([{ path: ["password"], message: expect.stringContaining("close to") }]);
  expect(UserCreateInput.safeParse({ ...ada, password: "lovelace counts notes" }).success).toBe(true);
});

test("the demo's users may have the passwords that they have", () => {
  for (const [name, email, password] of [
    ["Demo user", "user@herald.example", "user-of-the-demo"],
    ["Demo admin", "admin@herald.example", "admin-of-the-demo"],
  ])
    expect(UserCreateInput.safeParse({ name, email, password }).success).toBe(true);
});
