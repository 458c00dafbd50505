import { expect, test } from "vitest";
import { isSameOrigin } from "./same-origin.ts";

test.each([
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "same-site", origin: "http://herald.test", host: "herald.test" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ origin: "http://herald.test:3000", host: "herald.test:3000" }, true],
  [{ origin: "http://evil.test", host: "herald.test:3000" }, false],
  [{ origin: "null", host: "herald.test:3000" }, false],
  [{ host: "herald.test:3000" }, false],
])("%j → %s", (headers, expected) => {
  expect(isSameOrigin(new Headers(headers as Record<string, string>))).toBe(expected);
});
