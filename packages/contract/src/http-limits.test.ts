import { expect, test } from "vitest";
import { bodyLimitOf, ErrorDto, tooLarge, tooSlow, unreadable, wrongContentType } from "./index.ts";

test.each([
  ["bot.start", 65_536],
  ["groups.list", 65_536],
  ["groups.add", 262_144],
  ["groups.remove", 262_144],
  ["groups.reactivate", 262_144],
  // more than one call at a time is none that names groups by the thousand
  ["groups.add,groups.remove", 65_536],
  ["", 65_536],
])("a body for %s has at most %i bytes", (path, bytes) => {
  expect(bodyLimitOf(path)).toBe(bytes);
});

test.each([
  [tooLarge(64 * 1024), "too_large", "larger than 64 KiB"],
  [tooLarge(1023 * 1024), "too_large", "larger than 1023 KiB"],
  [tooLarge(1024 * 1024), "too_large", "larger than 1 MiB"],
  [tooSlow, "too_slow", "took too long"],
  [unreadable, "invalid_input", "at most 64 deep; in one request at most 10 calls"],
  [wrongContentType("text/x"), "unsupported_media_type", "“Content-Type: text/x”"],
] as const)("%j says what is wrong, and that nothing was done", (refusal, code, words) => {
  expect(ErrorDto.parse(refusal)).toEqual(refusal);
  expect(refusal.code).toBe(code);
  expect(refusal.message).toContain(words);
  expect(refusal.message.toLowerCase()).toContain("nothing was done");
});
