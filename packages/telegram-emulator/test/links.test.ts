import { expect, test } from "vitest";
import { hasLink } from "../src/world/links.ts";

test.each([
  "https://example.org/a",
  "see HTTP://example.org",
  "t.me/talkroom/5",
  "our shop: shop.example.com.",
  "(example.co.uk)",
])("%s has a link", (text) => expect(hasLink(text)).toBe(true));

test.each(["hello", "https://", "mail me: someone@example.com", "@talkroom", "version 1.0.io2", "e.g. this"])(
  "%s has no link",
  (text) => expect(hasLink(text)).toBe(false),
);
