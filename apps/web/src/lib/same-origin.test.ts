import { expect, test } from "vitest";
import { isSameOrigin } from "./same-origin.ts";

const LOCAL = "http://localhost:3000";
const PUBLIC = "https://herald.test";

test.each<[home: string, headers: Record<string, string>, expected: boolean]>([
  [PUBLIC, { origin: "https://herald.test", "sec-fetch-site": "same-origin" }, true],
  [PUBLIC, { origin: "https://herald.test:443" }, true],
  [PUBLIC, { "sec-fetch-site": "same-origin" }, true],
  // scheme, host and port, each for itself, whatever the Host says
  [PUBLIC, { origin: "http://herald.test", host: "herald.test" }, false],
  [PUBLIC, { origin: "https://evil.test", host: "evil.test" }, false],
  [PUBLIC, { origin: "https://herald.test:8443", host: "herald.test:8443" }, false],
  [PUBLIC, { origin: "https://herald.test.evil.test" }, false],
  [PUBLIC, { origin: "https://shop.herald.test" }, false],
  // both witnesses must agree
  [PUBLIC, { origin: "https://evil.test", "sec-fetch-site": "same-origin" }, false],
  [PUBLIC, { origin: "https://herald.test", "sec-fetch-site": "same-site" }, false],
  [PUBLIC, { "sec-fetch-site": "cross-site" }, false],
  [PUBLIC, { "sec-fetch-site": "none" }, false],
  [PUBLIC, { origin: "null", "sec-fetch-site": "same-origin" }, false],
  [PUBLIC, { origin: "" }, false],
  [PUBLIC, { host: "herald.test" }, false],
  // this machine has more names than one
  [LOCAL, { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-origin" }, true],
  [LOCAL, { origin: "http://[::1]:3000" }, true],
  ["http://127.0.0.1:3000", { origin: LOCAL }, true],
  [LOCAL, { origin: "http://127.0.0.1:3001" }, false],
  [LOCAL, { origin: "https://127.0.0.1:3000" }, false],
  [LOCAL, { origin: "http://192.168.0.2:3000" }, false],
  ["http://192.168.0.2:3000", { origin: LOCAL }, false],
])("the pages of %s: %j → %s", (home, headers, expected) => {
  expect(isSameOrigin(new Headers(headers), home)).toBe(expected);
});
