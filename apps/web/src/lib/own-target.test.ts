import { expect, test } from "vitest";
import { ownTarget } from "./own-target";

const OURS = "https://herald.example";

test.each([
  ["/settings", "/settings"],
  ["/history?view=log&day=2026-05-03", "/history?view=log&day=2026-05-03"],
  ["/groups#top", "/groups"],
  ["settings", "/settings"],
  ["", "/"],
  ["/a/../settings", "/settings"],
  // of these nothing is decoded once more on the way: they are paths that we have not
  ["/%09/evil.example", "/%09/evil.example"],
  ["/%5cevil.example", "/%5cevil.example"],
  ["/%2f%2fevil.example", "/%2f%2fevil.example"],
  ["/?to=https://evil.example", "/?to=https://evil.example"],
  ["/∕evil.example", "/%E2%88%95evil.example"],
  [`${OURS}/settings?a=b`, "/settings?a=b"],
  [`${OURS}\\@evil.example`, "/@evil.example"],
  [`https://admin@herald.example/settings`, "/settings"],
  ["https:evil.example", "/evil.example"],
  ["https:/evil.example", "/evil.example"],
  ["HTTPS://HERALD.EXAMPLE/settings", "/settings"],
])("%j stays with us", (target, path) => {
  expect(ownTarget(target, OURS)).toBe(path);
  // as a browser at our page reads it again
  expect(new URL(path, OURS).origin).toBe(OURS);
});

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "\0//evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "https://evil.example",
  "http://herald.example/settings",
  "https://herald.example:444/settings",
  "https://herald.example.evil.example",
  "https://herald.example@evil.example",
  "//herald.example@evil.example/",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,hello",
  "blob:https://herald.example/0",
  "file:///etc/passwd",
  "mailto:a@evil.example",
  "https://[",
  undefined,
  null,
  7,
  ["/settings"],
  { toString: () => "/settings" },
])("%j leads away, or is nothing", (target) => {
  expect(ownTarget(target, OURS)).toBeNull();
});

test("without an origin of ours none is named", () => {
  expect(ownTarget("/settings")).toBe("/settings");
  expect(ownTarget("https://herald.example/settings")).toBeNull();
});
